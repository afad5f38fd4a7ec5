"""Pages that have nothing to show."""

from msgspec import Struct

__all__ = ["AwayPage", "BrokenPage", "MissingPage"]


class MissingPage(Struct, frozen=True, kw_only=True):
    """404."""


class AwayPage(Struct, frozen=True, kw_only=True):
    """503: which launches there are has never been read."""


class BrokenPage(Struct, frozen=True, kw_only=True):
    """500."""
