"""The public face of a model, and the private endpoint behind it: two structs that never mix."""

import os
from pathlib import Path
from typing import Annotated

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


class Listing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the public may know. Context and output are in public tokens (⌈UTF-8 bytes / 4⌉)."""

    slug: Annotated[Slug, Meta(description="`author/name`, as clients write it.")]
    aliases: Annotated[tuple[str, ...], Meta(description="Other names that reach it.")] = ()
    name: Annotated[str, Meta(description="Title on its card.")]
    description: Annotated[str, Meta(description="Text on its card.")] = ""
    created: Annotated[int, Meta(ge=0, description="Unix seconds, fixed for the listing's life.")]
    context: Annotated[Count, Meta(description="Prompt and answer together, public tokens.")]
    max_output: Annotated[Count, Meta(description="The longest answer, public tokens.")]
    parameters: Annotated[tuple[str, ...], Meta(description="Request parameters it honours.")] = (
        "frequency_penalty",
        "max_tokens",
        "presence_penalty",
        "seed",
        "stop",
        "temperature",
        "top_k",
        "top_p",
    )
    disclosure: Annotated[str, Meta(description="What users are told about logging.")] = DISCLOSURE


class Endpoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The private binding behind a listing: none of it is ever shown."""

    listing: Annotated[Slug, Meta(description="The listing it serves.")]
    name: Annotated[str, Meta(description="The operator's own word for it; in private records.")]
    url: Annotated[
        str, Meta(description='Base URL of an OpenAI-compatible API; "embedded" for ours.')
    ]
    model: Annotated[str, Meta(description="The model's name over there.")] = ""
    key_env: Annotated[str, Meta(description="Environment variable that holds its key.")] = ""
    key_file: Annotated[str, Meta(description="File that holds its key.")] = ""
    max_output: Annotated[Count | None, Meta(description="Most native tokens to ask for.")] = None

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
        groups[endpoint.listing].append(endpoint)
    for slug, group in groups.items():
        if not group:
            raise ConfigError(f"Listing {slug} has no endpoint; add [[endpoint]] listing = …")
    return {slug: tuple(group) for slug, group in groups.items()}
