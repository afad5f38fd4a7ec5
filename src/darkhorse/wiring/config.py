"""The configuration file: settings by section, listings, and apart from them their endpoints."""

from functools import cached_property
from pathlib import Path

from msgspec import Struct, structs

from darkhorse.base.errors import ConfigError
from darkhorse.base.settings import (
    JournalSettings,
    ModelSettings,
    ServerSettings,
    UpstreamSettings,
)
from darkhorse.base.settings import (
    load as load_file,
)
from darkhorse.catalog.listing import Catalogue, Endpoint, Listing
from darkhorse.upstream.http11 import Address

__all__ = ["EMBEDDED", "Config", "load"]

EMBEDDED = "embedded"
"""An endpoint's `url` where it is the model that `darkhorse up` starts itself."""

PONY = Listing(
    slug="stealth/pony-alpha",
    aliases=("pony-alpha", "openrouter/pony-alpha"),
    name="Pony Alpha",
    description=(
        "A small model in a cloak, answering on this very machine. Who made it is not said "
        "here; ask what you like and see for yourself."
    ),
    created=1_770_336_000,  # 2026-02-06, the day the first Pony Alpha was listed
    context=4_096,  # the engine takes 8,192 tokens of its own; most text fits in half of them
    max_output=2_048,
)


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Everything a process needs to know that is not a secret of this very run."""

    server: ServerSettings = ServerSettings()
    journal: JournalSettings = JournalSettings()
    upstream: UpstreamSettings = UpstreamSettings()
    model: ModelSettings = ModelSettings()
    listing: tuple[Listing, ...] = ()
    endpoint: tuple[Endpoint, ...] = ()

    @cached_property
    def catalogue(self) -> Catalogue:
        """Listings with their endpoints. Raises ConfigError where they do not fit together."""
        return Catalogue(self.listing, self.endpoint)

    def check_keys(self) -> None:
        """Is every endpoint's key to be had? Raises ConfigError. Only the relay needs them."""
        for endpoint in self.endpoint:
            endpoint.key()

    @property
    def needs_model(self) -> bool:
        """Is there an endpoint that the embedded model serves?"""
        return any(endpoint.url == EMBEDDED for endpoint in self.endpoint)


def load(path: Path | None) -> Config:
    """The file's configuration, whole and checked; without listings, the embedded Pony Alpha.

    Raises ConfigError with one sentence.
    """
    config = load_file(Config, path) if path else Config()
    if not config.listing and not config.endpoint:
        endpoint = Endpoint(listing=PONY.slug, name="embedded", url=EMBEDDED)
        config = structs.replace(config, listing=(PONY,), endpoint=(endpoint,))
    for listing in config.catalogue.listings:
        for endpoint in config.catalogue.endpoints(listing):
            _check_address(endpoint)
    return config


def _check_address(endpoint: Endpoint) -> None:
    if endpoint.url == EMBEDDED:
        return
    try:
        Address.parse(endpoint.url)
    except ConfigError as e:
        raise ConfigError(f"Endpoint {endpoint.name}: {e}") from None
