"""The public face of a model, and the private endpoint behind it: two structs that never mix."""

import os
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from darkhorse.base.errors import ConfigError, UnknownModel
from darkhorse.base.secret import Secret

__all__ = ["DISCLOSURE", "Catalogue", "Endpoint", "Listing"]

DISCLOSURE = (
    "Every prompt and completion sent to this model is logged by its provider and may be used "
    "to improve it. Do not send personal or confidential data."
)

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*$", max_length=100)]
Count = Annotated[int, Meta(ge=1)]
Text = Annotated[str, Meta(min_length=1)]
Seconds = Annotated[int, Meta(ge=0, lt=4_102_444_800)]  # before 2100: no milliseconds
Parameter = Literal[
    "frequency_penalty",
    "max_tokens",
    "min_p",
    "parallel_tool_calls",
    "presence_penalty",
    "reasoning",
    "reasoning_effort",
    "repetition_penalty",
    "response_format",
    "seed",
    "stop",
    "temperature",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
]


_USUAL: tuple[Parameter, ...] = (
    "frequency_penalty",
    "max_tokens",
    "presence_penalty",
    "seed",
    "stop",
    "temperature",
    "top_k",
    "top_p",
)


class Listing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the public may know. Context and output are in public tokens (⌈UTF-8 bytes / 4⌉)."""

    slug: Annotated[Slug, Meta(description="`author/name`, as clients write it.")]
    aliases: Annotated[tuple[Text, ...], Meta(description="Other names that reach it.")] = ()
    name: Annotated[Text, Meta(description="Title on its card.")]
    description: Annotated[str, Meta(description="Text on its card.")] = ""
    created: Annotated[Seconds, Meta(description="Unix seconds, fixed for the listing's life.")]
    context: Annotated[Count, Meta(description="Prompt and answer together, public tokens.")]
    max_output: Annotated[Count, Meta(description="The longest answer, public tokens.")]
    parameters: Annotated[
        tuple[Parameter, ...], Meta(description="Request parameters it honours.")
    ] = _USUAL
    disclosure: Annotated[Text, Meta(description="What users are told about logging.")] = DISCLOSURE

    def check(self) -> None:
        """Raise ConfigError where one field contradicts another."""
        if self.max_output > self.context:
            raise ConfigError(
                f"Listing {self.slug}: max_output ({self.max_output}) is over context "
                f"({self.context}); lower it."
            )


class Endpoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The private binding behind a listing: none of it is ever shown."""

    listing: Annotated[Slug, Meta(description="The listing it serves.")]
    name: Annotated[Text, Meta(description="The operator's own word for it; in private records.")]
    url: Annotated[
        str, Meta(description='Base URL of an OpenAI-compatible API; "embedded" for ours.')
    ]
    model: Annotated[str, Meta(description="The model's name over there.")] = ""
    key_env: Annotated[str, Meta(description="Environment variable that holds its key.")] = ""
    key_file: Annotated[str, Meta(description="File that holds its key.")] = ""
    max_output: Annotated[Count | None, Meta(description="Most native tokens to ask for.")] = None

    def check(self) -> None:
        """Raise ConfigError where one field contradicts another."""
        if self.key_env and self.key_file:
            raise ConfigError(f"Endpoint {self.name}: give key_env or key_file, not both.")

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
        except (OSError, UnicodeDecodeError) as e:
            raise ConfigError(f"Endpoint {self.name}: key file cannot be read ({e}).") from None


class Catalogue:
    """Every listing by every name it answers to, and the endpoints behind each."""

    def __init__(self, listings: tuple[Listing, ...], endpoints: tuple[Endpoint, ...]) -> None:
        self.listings = listings
        self._by_name = _index(listings)
        self._endpoints = _group(self._by_name, endpoints)

    def find(self, name: str) -> Listing:
        """The listing called `name` (slug or alias). Raises UnknownModel."""
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownModel from None

    def endpoints(self, listing: Listing) -> tuple[Endpoint, ...]:
        """The endpoints behind a listing, in the order they are tried."""
        return self._endpoints[listing.slug]


def _index(listings: tuple[Listing, ...]) -> dict[str, Listing]:
    by_name: dict[str, Listing] = {}
    for listing in listings:
        listing.check()
        for name in (listing.slug, *listing.aliases):
            if name in by_name:
                raise ConfigError(f"Two listings answer to `{name}`; rename one of them.")
            by_name[name] = listing
    return by_name


def _group(
    by_name: dict[str, Listing], endpoints: tuple[Endpoint, ...]
) -> dict[str, tuple[Endpoint, ...]]:
    groups: dict[str, list[Endpoint]] = {listing.slug: [] for listing in by_name.values()}
    for endpoint in endpoints:
        if endpoint.listing not in groups:
            raise ConfigError(f"Endpoint {endpoint.name}: no listing `{endpoint.listing}`.")
        endpoint.check()
        group = groups[endpoint.listing]
        if endpoint.name in [other.name for other in group]:
            raise ConfigError(
                f"Listing {endpoint.listing} has two endpoints named {endpoint.name}; rename one."
            )
        group.append(endpoint)
    for slug, group in groups.items():
        if not group:
            raise ConfigError(f"Listing {slug} has no endpoint; add [[endpoint]] listing = …")
    return {slug: tuple(group) for slug, group in groups.items()}
