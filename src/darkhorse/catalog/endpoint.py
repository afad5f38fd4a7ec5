"""The private side of a launch: who made it, and the endpoints that answer. Never shown."""

import os
import re
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.catalog.listing import Text
from darkhorse.catalog.quirks import USUAL, Quirks, canonical, embedded

__all__ = ["EMBEDDED", "USUAL", "Endpoint", "Private", "Quirks", "RevealText"]

EMBEDDED = "embedded"
"""An endpoint's `url` where it is the model that `darkhorse up` starts itself."""

_OTHERS = ("responses", "messages")
"""Dialects with words of their own for reasoning."""

Seconds = Annotated[float, Meta(gt=0, le=86_400)]


class Endpoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[[private.endpoint]]: what answers. None of it is ever shown."""

    name: Annotated[
        Text,
        Meta(description="The operator's own word for it; in private records.", examples=["east"]),
    ]
    url: Annotated[
        Text,
        Meta(
            description='Base URL of an engine\'s API; "embedded" for our own model.',
            examples=["http://127.0.0.1:8001/v1"],
        ),
    ]
    dialect: Annotated[
        Literal["chat", "completions", "responses", "messages"],
        Meta(description="What it speaks: the path below `url` that it answers at."),
    ] = "chat"
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

    @property
    def fitted(self) -> Quirks:
        """Its quirks: what is said of it, and what goes without saying."""
        if self.url == EMBEDDED:
            return embedded(self.quirks)
        return canonical(self.quirks) if self.dialect in _OTHERS else self.quirks

    def check(self, place: str) -> None:
        """Raise ConfigError where one field contradicts another."""
        if self.key_env and self.key_file:
            raise ConfigError(f"{place}.key_file: give key_env or key_file, not both.")
        if self.url != EMBEDDED and not re.match(r"https?://[^\s/]", self.url):
            raise ConfigError(
                f"{place}.url: `{self.url}` is no URL; begin it with http:// or https://, "
                f'or write "{EMBEDDED}".'
            )

        self._check_quirks(place)

    def _check_quirks(self, place: str) -> None:
        """Some are fields that only chat completions have."""
        quirks = self.quirks
        only_chat = {
            "prefill": quirks.prefill == "continue",
            "schemas": quirks.schemas == "gbnf",
            "tools": quirks.tools == "schema",
        }
        for name, is_set in only_chat.items():
            if is_set and self.dialect != "chat":
                raise ConfigError(
                    f'{place}.quirks.{name}: `{getattr(quirks, name)}` needs dialect = "chat"; '
                    "leave one of them out."
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
    aliases: Annotated[
        tuple[Text, ...],
        Meta(
            description="Other names of maker and model, in any script, that must not be said.",
            examples=[["ExLab", "Ex5"]],
        ),
    ] = ()
    weights: Annotated[
        str,
        Meta(description="Digest of its weights, for a commitment.", examples=["sha256:9f86d0…"]),
    ] = ""
    endpoint: Annotated[
        tuple[Endpoint, ...], Meta(min_length=1, description="What answers; one or more.")
    ]
    demonstration: Annotated[
        bool,
        Meta(description="Is it there to be tried, and no trial of anybody's model? Shown to you."),
    ] = False
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
