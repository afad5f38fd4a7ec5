"""How the house is, as a page shows it."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from darkhorse.catalog.launch import Launch
from darkhorse.storage.finding import IndexState
from darkhorse.storage.launch_view import LaunchView
from darkhorse.web.desk.house import ChoreState, House
from darkhorse.web.desk.launches.views import EndpointRow, endpoint_row
from darkhorse.web.numbers import percent
from darkhorse.web.views.moments import Moment, lasting, second

__all__ = ["ChoreRow", "HealthPage", "bytes_text", "health_page"]

_FULL = 0.9
_UNITS = ("B", "KB", "MB", "GB", "TB")
_FAILING = 0.05


class ChoreRow(Struct, frozen=True, kw_only=True):
    """A chore of the keeper."""

    name: str
    badge: str
    state: str
    ok: Moment | None
    ago: str
    busy_s: float
    longest_s: float
    problem: str


class HealthPage(Struct, frozen=True, kw_only=True):
    """`attention`: what the operator should look at, in sentences."""

    house: House
    attention: tuple[str, ...]
    chores: tuple[ChoreRow, ...]
    journal: str
    disk_free: str
    disk_share: float
    disk_parts: tuple[tuple[str, str, float], ...]
    endpoints: tuple[tuple[str, tuple[EndpointRow, ...]], ...]
    index: IndexState


def health_page(
    house: House, launches: Sequence[Launch], views: Mapping[str, LaunchView], index: IndexState
) -> HealthPage:
    """`launches`: those that are live; `views` by slug."""
    endpoints = tuple(
        (each.listing.slug, _endpoints(each, views.get(each.listing.slug))) for each in launches
    )
    disk = house.disk
    largest = max((size for _, size in disk.parts), default=0) if disk else 0
    return HealthPage(
        house=house,
        attention=tuple(_attention(house, endpoints)),
        chores=tuple(_chore(each, house.at_us) for each in house.chores),
        journal=f"{_files(house.journal_files)}, {bytes_text(house.journal_bytes)}",
        disk_free=f"{bytes_text(disk.free)} free of {bytes_text(disk.total)}"
        if disk
        else "not known",
        disk_share=1 - disk.free / disk.total if disk and disk.total else 0.0,
        disk_parts=tuple(
            (name, bytes_text(size), size / largest if largest else 0.0)
            for name, size in (disk.parts if disk else ())
            if size
        ),
        endpoints=endpoints,
        index=index,
    )


def bytes_text(size: float) -> str:
    """`12.3 GB`."""
    for unit in _UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {_UNITS[-1]}"


def _files(number: int) -> str:
    return f"{number:,} file{'s' * (number != 1)}"


def _endpoints(launch: Launch, view: LaunchView | None) -> tuple[EndpointRow, ...]:
    uses = {each.name: each for each in view.endpoints} if view else {}
    return tuple(endpoint_row(each, uses.get(each.name)) for each in launch.private.endpoint)


def _chore(chore: ChoreState, now_us: int) -> ChoreRow:
    badge, state = ("good", "well")
    if chore.problem:
        badge, state = "bad", "fails"
    elif chore.has_more:
        badge, state = "doubt", "has work left"
    return ChoreRow(
        name=chore.name,
        badge=badge,
        state=state,
        ok=second(chore.ok_us) if chore.ok_us else None,
        ago=lasting(now_us - chore.ok_us) if chore.ok_us else "never",
        busy_s=chore.busy_s,
        longest_s=chore.longest_s,
        problem=chore.problem,
    )


def _attention(
    house: House, endpoints: Sequence[tuple[str, tuple[EndpointRow, ...]]]
) -> Iterator[str]:
    yield from _away(house)
    for chore in house.chores:
        if chore.problem:
            yield f"The chore {chore.name} fails: {chore.problem}"
    if house.disk and house.disk.free < house.disk.total * (1 - _FULL):
        yield "The disk is nearly full: generations stop when the journal cannot be written."
    for slug, rows in endpoints:
        failing = [
            f"{row.name} {percent(row.failed_share)}"
            for row in rows
            if row.failed_share and row.failed_share >= _FAILING
        ]
        if failing:
            yield f"{slug}: {', '.join(failing)} of attempts failed in the last 24 hours."


def _away(house: House) -> list[str]:
    away = [each.name for each in house.processes if each.state == "away"]
    if "up" in away:
        return ["Nobody serves this data directory: `scripts/up` starts everything."]
    if len(away) > 1:
        names = f"{', '.join(away[:-1])} and {away[-1]}"
        return [f"The processes {names} do not answer; the log of `up` says why."]
    return [f"The process {name} does not answer; the log of `up` says why." for name in away]
