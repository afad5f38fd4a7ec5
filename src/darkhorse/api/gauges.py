"""Metrics that are not counted but read, each time somebody asks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import get_args

from msgspec import Struct
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from darkhorse.catalog.launch import PublicLaunch, State

__all__ = ["Seen", "SeenCollector"]

_STATES = tuple(state for state in get_args(State) if state != "draft")


class Seen(Struct, frozen=True, kw_only=True):
    """Where to look. Nothing here may block."""

    now_us: Callable[[], int]
    launches: Callable[[], Iterable[PublicLaunch]]  # no draft: its slug is not public yet
    running: Callable[[], Mapping[str, int]]  # by slug
    unrecorded: Callable[[], int]
    queued_bytes: Callable[[], int]
    is_writable: Callable[[], bool]
    dropped_lines: Callable[[], int]


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


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"darkhorse_{name}", told, value=value)
