"""Limits of listings and keys, who is near them, and what was refused."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from darkhorse.catalog.launch import Launch
from darkhorse.catalog.limits import LimitSettings, short_limits
from darkhorse.storage.accounting import KeyUse
from darkhorse.storage.launch_view import LaunchView
from darkhorse.storage.ports import KeyRecord

__all__ = ["LimitsPage", "ListingLimitsRow", "NearRow", "RefusedRow", "limited", "limits_page"]

_NEAR = 0.8
_SHOWN = 50
_MILLION = 1_000_000


class ListingLimitsRow(Struct, frozen=True, kw_only=True):
    """A live listing: its limits in words, and how much of those for everybody is used.

    `slug` "": all listings together, where nothing limits everybody.
    """

    slug: str
    total: str = ""
    key: str
    address: str
    used: tuple[tuple[str, float, str], ...] = ()  # limit, share, in words


class NearRow(Struct, frozen=True, kw_only=True):
    """A key that has used most of a limit. `label` is somebody's text."""

    hash: str
    label: str
    what: str
    share: float
    says: str


class RefusedRow(Struct, frozen=True, kw_only=True):
    """Requests that no generation began for. `listing` "": to none."""

    listing: str
    error_type: str
    count: int
    share: float


class LimitsPage(Struct, frozen=True, kw_only=True):
    """All of it. `refused` None: no server answers."""

    listings: tuple[ListingLimitsRow, ...]  # the last is all of them together
    near: tuple[NearRow, ...]
    refused: tuple[RefusedRow, ...] | None


def limits_page(
    launches: Sequence[Launch],
    views: Mapping[str, LaunchView],
    keys: Sequence[KeyRecord],
    uses: Mapping[str, KeyUse],
    settings: LimitSettings,
    refused: Mapping[str, Mapping[str, int]] | None,
) -> LimitsPage:
    """`launches`: those that are live; `views` by slug."""
    near = [row for key in keys if key.hash in uses for row in _near(key, uses[key.hash], settings)]
    near.sort(key=lambda row: row.share, reverse=True)
    return LimitsPage(
        listings=(
            *(_listing(each, views.get(each.listing.slug)) for each in launches),
            ListingLimitsRow(
                slug="", key=short_limits(settings.key), address=short_limits(settings.address)
            ),
        ),
        near=tuple(near[:_SHOWN]),
        refused=None if refused is None else _refused(refused),
    )


def limited(keys: Sequence[KeyRecord], settings: LimitSettings) -> list[KeyRecord]:
    """Those that may be near a limit of a day or of money, with their own or everybody's."""
    all_ = settings.key
    return [
        each
        for each in keys
        if each.limits.requests_per_day
        or each.limits.spend_usd is not None
        or all_.requests_per_day
        or all_.spend_usd is not None
    ]


def _listing(launch: Launch, view: LaunchView | None) -> ListingLimitsRow:
    limits = launch.listing.limits
    return ListingLimitsRow(
        slug=launch.listing.slug,
        total=short_limits(limits.total),
        key=short_limits(limits.key),
        address=short_limits(limits.address),
        used=_used(launch, view) if view else (),
    )


def _used(launch: Launch, view: LaunchView) -> tuple[tuple[str, float, str], ...]:
    total, minute = launch.listing.limits.total, view.minute
    tokens = minute.prompt_tokens_per_minute + minute.completion_tokens_per_minute
    pairs = (
        ("requests in the last minute", minute.requests, total.requests_per_minute),
        ("tokens in the last minute", tokens, total.tokens_per_minute),
        ("running now", view.running, total.concurrent),
    )
    return tuple(
        (name, used / most, f"{used:,.0f} of {most:,}") for name, used, most in pairs if most
    )


def _near(key: KeyRecord, use: KeyUse, settings: LimitSettings) -> list[NearRow]:
    """By the key's own limits, and where it has none, by everybody's."""
    own, all_ = key.limits, settings.key
    day = own.requests_per_day or all_.requests_per_day
    dollars = own.spend_usd if own.spend_usd is not None else all_.spend_usd
    spent = use.total.micro_usd / _MILLION
    pairs = (
        (
            "requests today",
            float(use.today.requests),
            day,
            f"{use.today.requests:,} of {day:,}" if day else "",
        ),
        ("dollars in all", spent, dollars, f"${spent:,.2f} of ${dollars:,}" if dollars else ""),
    )
    return [
        NearRow(hash=key.hash, label=key.label or key.hash[:12], what=what, share=share, says=says)
        for what, used, most, says in pairs
        if most and (share := used / float(most)) >= _NEAR
    ]


def _refused(refused: Mapping[str, Mapping[str, int]]) -> tuple[RefusedRow, ...]:
    counts = [
        (listing, error, count)
        for listing, by_error in refused.items()
        for error, count in by_error.items()
        if count
    ]
    most = max((count for *_, count in counts), default=1)
    rows = (
        RefusedRow(listing=listing, error_type=error or "other", count=count, share=count / most)
        for listing, error, count in counts
    )
    return tuple(sorted(rows, key=lambda row: -row.count))
