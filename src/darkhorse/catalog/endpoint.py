"""The private side of a launch: who made it, and the endpoints that answer. Never shown."""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.catalog.listing import Count, Parameter, Text

__all__ = ["EMBEDDED", "USUAL", "Endpoint", "Private", "Quirks", "RevealText"]

EMBEDDED = "embedded"
"""An endpoint's `url` where it is the model that `darkhorse up` starts itself."""

Seconds = Annotated[float, Meta(gt=0, le=86_400)]


class Quirks(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[private.endpoint.quirks]: where an engine differs from the usual."""

    context: Annotated[
        Count | None,
        Meta(description="Its context in native tokens, where it does not say so itself."),
    ] = None
    max_output: Annotated[
        Count | None, Meta(description="Most native tokens to ask it for.", examples=[8192])
    ] = None
    max_tokens_name: Annotated[
        Literal["max_tokens", "max_completion_tokens"],
        Meta(description="What it calls the limit of an answer."),
    ] = "max_tokens"
    drop: Annotated[tuple[Parameter, ...], Meta(description="Parameters it must not be sent.")] = ()
    extra: Annotated[
        dict[str, Any], Meta(description="Fields added to every request, such as a template's.")
    ] = {}


USUAL = Quirks()


class Endpoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[[private.endpoint]]: what answers. None of it is ever shown."""

    name: Annotated[
        Text,
        Meta(description="The operator's own word for it; in private records.", examples=["east"]),
    ]
    url: Annotated[
        Text,
        Meta(
            description='Base URL of an OpenAI-compatible API; "embedded" for our own model.',
            examples=["http://127.0.0.1:8001/v1"],
        ),
    ]
    model: Annotated[str, Meta(description="The model's name over there.")] = ""
    key_env: Annotated[str, Meta(description="Environment variable that holds its key.")] = ""
    key_file: Annotated[str, Meta(description="File that holds its key.")] = ""
    weight: Annotated[
        float,
        Meta(gt=0, le=1000, description="Its share of the traffic, beside the others' weights."),
    ] = 1.0
    first_token_s: Annotated[
        Seconds | None, Meta(description="Time to the first byte; the setting's where left out.")
    ] = None
    idle_s: Annotated[
        Seconds | None, Meta(description="The longest pause; the setting's where left out.")
    ] = None
    quirks: Annotated[Quirks, Meta(description="Where the engine differs from the usual.")] = USUAL

    def __hash__(self) -> int:
        return hash((self.name, self.url, self.model))  # `quirks.extra` has no hash

    def check(self, place: str) -> None:
        """Raise ConfigError where one field contradicts another."""
        if self.key_env and self.key_file:
            raise ConfigError(f"{place}.key_file: give key_env or key_file, not both.")
        if self.url != EMBEDDED and not re.match(r"https?://[^\s/]", self.url):
            raise ConfigError(
                f"{place}.url: `{self.url}` is no URL; begin it with http:// or https://, "
                f'or write "{EMBEDDED}".'
            )

    def key(self) -> Secret:
        """The endpoint's key; empty where none is configured. Raises ConfigError."""
        if self.key_env:
            return self._key_from_environment()
        if self.key_file:
            return self._key_from_file()
        return Secret("")

    def _key_from_environment(self) -> Secret:
        value = os.environ.get(self.key_env, "").strip()
        if not value:
            raise ConfigError(f"Endpoint {self.name}: set {self.key_env} to its key.")
        return Secret(value)

    def _key_from_file(self) -> Secret:
        try:
            return Secret(Path(self.key_file).read_text(encoding="utf-8").strip())
        except (OSError, ValueError) as e:  # also: a NUL in its path, bytes that are no text
            raise ConfigError(f"Endpoint {self.name}: key file cannot be read ({e}).") from None


class RevealText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[private.reveal]: what the reveal will say, prepared beforehand."""

    text: Annotated[str, Meta(description="A sentence or more about what it was.")] = ""
    successor: Annotated[
        str, Meta(description="What to use instead: a slug, here or elsewhere.")
    ] = ""


class Private(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[private]: what must not be said before the reveal."""

    maker: Annotated[Text, Meta(description="Who made it.", examples=["Example Lab"])]
    model: Annotated[Text, Meta(description="Its real name.", examples=["Example-5"])]
    endpoint: Annotated[
        tuple[Endpoint, ...], Meta(min_length=1, description="What answers; one or more.")
    ]
    reveal: Annotated[RevealText, Meta(description="What the reveal will say.")] = RevealText()

    @property
    def is_embedded(self) -> bool:
        """Does the model that `darkhorse up` starts answer for it?"""
        return any(endpoint.url == EMBEDDED for endpoint in self.endpoint)

    def check(self) -> None:
        """Raise ConfigError where one field contradicts another."""
        names: set[str] = set()
        for at, endpoint in enumerate(self.endpoint):
            place = f"private.endpoint[{at}]"
            endpoint.check(place)
            if endpoint.name in names:
                raise ConfigError(f"{place}.name: another is named {endpoint.name}; rename one.")
            names.add(endpoint.name)
