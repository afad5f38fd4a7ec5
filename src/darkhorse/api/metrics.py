"""Prometheus metrics. Labels are public names only: a listing's slug, an outcome, a direction."""

from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["Metrics"]

disable_created_metrics()  # type: ignore[no-untyped-call]

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics:
    """What one relay counts since its start. The ledger, not this, is the record."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._generations = Counter(
            "darkhorse_generations",
            "Generations ended, by outcome.",
            ("listing", "outcome"),
            registry=self._registry,
        )
        self._tokens = Counter(
            "darkhorse_tokens",
            "Public tokens.",
            ("listing", "direction"),
            registry=self._registry,
        )
        self._first_token = Histogram(
            "darkhorse_first_token_seconds",
            "From admission to the first token.",
            ("listing",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.running = Gauge(
            "darkhorse_generations_running", "Generations in flight.", registry=self._registry
        )
        # Finding a metric by its labels costs more than counting: once for each is enough.
        self._count = cache(self._generations.labels)
        self._add = cache(self._tokens.labels)
        self._observe = cache(self._first_token.labels)

    def ended(self, start: StartRecord, end: EndRecord) -> None:
        """Count one generation."""
        listing = start.listing
        self._count(listing, end.outcome).inc()
        if end.usage:
            self._add(listing, "prompt").inc(end.usage.prompt)
            self._add(listing, "completion").inc(end.usage.completion)
        if end.first_token_ms is not None:
            self._observe(listing).observe(end.first_token_ms / 1000)

    def render(self) -> bytes:
        """The text format."""
        return generate_latest(self._registry)
