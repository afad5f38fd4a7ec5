"""Metrics that are not counted but read, each time somebody asks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import get_args

from msgspec import Struct
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from darkhorse.catalog.launch import PublicLaunch, State

__all__ = ["ChoreSeen", "KeeperSeen", "Seen", "SeenCollector"]

_STATES = tuple(state for state in get_args(State) if state != "draft")


class ChoreSeen(Struct, frozen=True):
    """One kind of the keeper's work; `name` is a word of ours."""

    name: str
    ok_us: int  # when it last went well, since the epoch; 0: never
    is_failing: bool


class KeeperSeen(Struct, frozen=True):
    """What the keeper says of itself: what of the journal is not packed, and its chores."""

    journal_files: int
    journal_bytes: int
    chores: tuple[ChoreSeen, ...]


class Seen(Struct, frozen=True, kw_only=True):
    """Where to look. Nothing here may block, but for reading a small file."""

    now_us: Callable[[], int]
    launches: Callable[[], Iterable[PublicLaunch]]  # no draft: its slug is not public yet
    running: Callable[[], Mapping[str, int]]  # by slug
    unrecorded: Callable[[], int]
    queued_bytes: Callable[[], int]
    is_writable: Callable[[], bool]
    dropped_lines: Callable[[], int]
    keeper: Callable[[], KeeperSeen | None] = lambda: None  # None: none runs


class SeenCollector(Collector):
    """Reads all of it at a scrape."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def describe(self) -> Iterable[Metric]:
        """Nothing: what is not known yet need not be read to be registered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every metric with its values now."""
        seen = self._seen
        launches = [each for each in seen.launches() if each.life.state != "draft"]
        yield _states(launches, seen.now_us())
        yield _closes(launches)
        yield _running(launches, seen.running())
        yield _gauge(
            "generations_unrecorded",
            "Generations that ended while the journal could not take it; written when it can.",
            seen.unrecorded(),
        )
        yield _gauge("journal_queue_bytes", "Frames on their way to the disk.", seen.queued_bytes())
        yield _gauge(
            "journal_writable",
            "1 while the journal takes records; at 0 no generation begins.",
            seen.is_writable(),
        )
        yield from _keeper(seen.keeper())
        yield CounterMetricFamily(
            "darkhorse_log_lines_dropped",
            "Log lines lost because nobody took them from stderr in time.",
            value=seen.dropped_lines(),
        )


def _states(launches: list[PublicLaunch], now_us: int) -> Metric:
    family = GaugeMetricFamily(
        "darkhorse_launch_state",
        "1 for the state a launch is in, 0 for the others.",
        labels=("listing", "state"),
    )
    for launch in launches:
        is_in = launch.life.state_at(now_us)
        for state in _STATES:
            family.add_metric((launch.listing.slug, state), state == is_in)
    return family


def _closes(launches: list[PublicLaunch]) -> Metric:
    family = GaugeMetricFamily(
        "darkhorse_launch_closes_timestamp_seconds",
        "When a launch's window ends; absent where it does not end by itself.",
        labels=("listing",),
    )
    for launch in launches:
        if launch.life.closes_us is not None:
            family.add_metric((launch.listing.slug,), launch.life.closes_us / 1_000_000)
    return family


def _running(launches: list[PublicLaunch], running: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(
        "darkhorse_listing_generations_running",
        "Generations in flight, by listing.",
        labels=("listing",),
    )
    for slug in dict.fromkeys([*(each.listing.slug for each in launches), *running]):
        family.add_metric((slug,), running.get(slug, 0))
    return family


def _keeper(keeper: KeeperSeen | None) -> Iterator[Metric]:
    told = "1 while a keeper runs on the data; at 0 nothing else is known of it."
    yield _gauge("keeper_running", told, keeper is not None)
    if keeper is None:
        return
    told = "Journal that is not packed yet, the file that is being written among it."
    yield _gauge("keeper_journal_bytes", told, keeper.journal_bytes)
    yield _gauge("keeper_journal_files", "Its files.", keeper.journal_files)
    at = GaugeMetricFamily(
        "darkhorse_keeper_last_ok_timestamp_seconds",
        "When a chore of the keeper last went well; absent before the first time.",
        labels=("chore",),
    )
    failing = GaugeMetricFamily(
        "darkhorse_keeper_failing",
        "1 while a chore of the keeper fails; it is tried again.",
        labels=("chore",),
    )
    for chore in keeper.chores:
        if chore.ok_us:
            at.add_metric((chore.name,), chore.ok_us / 1_000_000)
        failing.add_metric((chore.name,), chore.is_failing)
    yield at
    yield failing


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"darkhorse_{name}", told, value=value)
