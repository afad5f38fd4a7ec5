"""Who is held to limits: a key, an address, a listing, and a key or an address on a listing."""

from functools import lru_cache
from typing import Literal, NamedTuple

from msgspec import structs

from darkhorse.catalog.limits import UNLIMITED, Limits, LimitSettings
from darkhorse.catalog.listing import Listing
from darkhorse.storage.ports import KeyRecord

__all__ = ["Kind", "Subject", "Who", "effective", "subjects_of", "who_asks"]

Kind = Literal["key", "address", "listing", "listing/key", "listing/address"]


class Subject(NamedTuple):
    """One bearer of limits. Of the last two kinds the id is `slug key` or `slug address`."""

    kind: Kind
    id: str


class Who(NamedTuple):
    """Everyone a request is counted for, and those of them who have limits."""

    subjects: tuple[Subject, ...]
    limited: tuple[tuple[Subject, Limits], ...]


@lru_cache(maxsize=4096)  # the same few ask again and again; making the names is half the cost
def subjects_of(listing: str, key: str, address: str) -> tuple[Subject, ...]:
    """The five subjects of a request: by slug, hash of the key and hash of the address."""
    return (
        Subject("key", key),
        Subject("address", address),
        Subject("listing", listing),
        Subject("listing/key", f"{listing} {key}"),
        Subject("listing/address", f"{listing} {address}"),
    )


def who_asks(*, key: KeyRecord, address: str, listing: Listing, defaults: LimitSettings) -> Who:
    """The subjects of a request, and the limits of those that have any.

    `address` is the keyed hash that the ledger has. What a key's own limits leave open, the
    defaults fill.
    """
    subjects = subjects_of(listing.slug, key.hash, address)
    on = listing.limits
    limits = (effective(key.limits, defaults.key), defaults.address, on.total, on.key, on.address)
    if all(each is UNLIMITED for each in limits):
        return Who(subjects, ())
    pairs = zip(subjects, limits, strict=True)
    return Who(subjects, tuple(pair for pair in pairs if pair[1] != UNLIMITED))


def effective(own: Limits, default: Limits) -> Limits:
    """What a key is held to: its own limits, and the server's where they leave one open."""
    if own is UNLIMITED or own == UNLIMITED:
        return default
    return own if default is UNLIMITED else _filled(own, default)


@lru_cache(maxsize=4096)
def _filled(own: Limits, default: Limits) -> Limits:
    given = {name: each for name, each in structs.asdict(own).items() if each is not None}
    return structs.replace(default, **given)
