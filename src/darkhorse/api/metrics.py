"""What a relay counts since its start, for Prometheus.

Labels are public names and words of our own: a listing's slug, an outcome, an error type. Never an
endpoint, a key, an address, or a word that somebody else chose. docs/operating.md has the table.
"""

from collections.abc import Sequence
from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from darkhorse import __version__
from darkhorse.api.gauges import Seen, SeenCollector
from darkhorse.base.clock import Clock
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["Metrics"]

disable_created_metrics()  # type: ignore[no-untyped-call]

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_LONG_SECONDS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
_COMMIT_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_PACES = (1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640)
_LEAST_TOKENS = 2  # of one token nobody can say how fast it was


class Metrics:
    """What one relay counts since its start. The ledger, not this, is the record."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        build = self._gauge("build_info", "Which Darkhorse this is.", "version")
        build.labels(__version__).set(1)
        self._count_generations()
        self._count_refusals()
        self._count_commits()
        self.running = self._gauge("generations_running", "Generations in flight.")

    def _count_generations(self) -> None:
        # Finding a metric by its labels costs more than counting: once for each is enough.
        self._outcomes = cache(
            self._counter(
                "generations", "Generations ended, by outcome.", "listing", "outcome"
            ).labels
        )
        self._failures = cache(
            self._counter(
                "generations_failed",
                "Generations that ended with an error, by what the client was told.",
                *("listing", "error_type"),
            ).labels
        )
        self._tokens = cache(
            self._counter("tokens", "Public tokens.", "listing", "direction").labels
        )
        self._attempts = cache(
            self._counter(
                "attempts", "Tries at an endpoint, by how they went.", "listing", "outcome"
            ).labels
        )
        self._retries = cache(
            self._counter(
                "retries", "Tries at an endpoint after the first of a generation.", "listing"
            ).labels
        )
        self._first_token = cache(
            self._histogram(
                "first_token_seconds", "From admission to the first token.", _SECONDS, "listing"
            ).labels
        )
        self._count_times()

    def _count_times(self) -> None:
        self._duration = cache(
            self._histogram(
                "generation_seconds",
                "From admission to the end, whatever the outcome.",
                _LONG_SECONDS,
                "listing",
            ).labels
        )
        self._pace = cache(
            self._histogram(
                "generation_tokens_per_second",
                "Public completion tokens a second after the first, of streamed answers.",
                _PACES,
                "listing",
            ).labels
        )

        self._withheld = cache(
            self._counter(
                "names_withheld", "Names that were taken out of answers.", "listing"
            ).labels
        )
        self._late_pieces = cache(
            self._counter(
                "pacing_late_pieces",
                "Pieces, and ends, of answers that were not there at their envelope's moment.",
                "listing",
            ).labels
        )

    def _count_refusals(self) -> None:
        self._refusals = self._counter(
            "requests_refused",
            "Requests for a generation that none began for, by what the client was told.",
            *("listing", "error_type"),
        )
        self._limited = self._counter(
            "rate_limited",
            "Requests that one of our limits refused, by whose limit it was.",
            *("listing", "subject"),
        )

    def _count_commits(self) -> None:
        self._commits = self._histogram(
            "journal_commit_seconds", "Writing and syncing one batch of frames.", _COMMIT_SECONDS
        )
        self._commit_at = self._gauge(
            "journal_last_commit_timestamp_seconds",
            "When a batch was last on disk; 0 before the first.",
        )

    def ended(self, start: StartRecord, end: EndRecord) -> None:
        """Count one generation. `Means.on_end`."""
        listing = start.listing
        self._outcomes(listing, end.outcome).inc()
        self._duration(listing).observe(end.duration_ms / 1000)
        if end.error_type:
            self._failures(listing, end.error_type).inc()
        if end.usage:
            self._tokens(listing, "prompt").inc(end.usage.prompt)
            self._tokens(listing, "completion").inc(end.usage.completion)
        if end.first_token_ms is not None:
            self._first_token(listing).observe(end.first_token_ms / 1000)
        if start.streamed and (pace := _pace(end)):
            self._pace(listing).observe(pace)
        for attempt in end.attempts:
            self._attempts(listing, attempt.outcome).inc()
        if end.withheld:
            self._withheld(listing).inc(len(end.withheld))
        if len(end.attempts) > 1:
            self._retries(listing).inc(len(end.attempts) - 1)

    def late_piece(self, listing: str) -> None:
        """Count a piece that came too late for its envelope."""
        self._late_pieces(listing).inc()

    def refused(self, listing: str, error_type: str) -> None:
        """Count a request that no generation began for; `listing` is a public slug or empty."""
        self._refusals.labels(listing, error_type).inc()

    def limited(self, listing: str, subject: str) -> None:
        """Count a refusal by a limit; `subject` is the kind of whose limit it was, never who."""
        self._limited.labels(listing, subject).inc()

    def committed(self, seconds: float) -> None:
        """Note a commit of the journal. From any thread."""
        self._commits.observe(seconds)
        self._commit_at.set(self._clock.now_us() / 1_000_000)

    def watch(self, seen: Seen) -> None:
        """Show what is read at each scrape. Once."""
        self._registry.register(SeenCollector(seen))

    def render(self) -> bytes:
        """The text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"darkhorse_{name}", told, labels, registry=self._registry)

    def _gauge(self, name: str, told: str, *labels: str) -> Gauge:
        return Gauge(f"darkhorse_{name}", told, labels, registry=self._registry)

    def _histogram(self, name: str, told: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(
            f"darkhorse_{name}", told, labels, buckets=buckets, registry=self._registry
        )


def _pace(end: EndRecord) -> float | None:
    """Tokens a second after the first; None where there is nothing to measure."""
    if end.usage is None or end.first_token_ms is None:
        return None
    after = end.usage.completion - 1
    took_s = (end.duration_ms - end.first_token_ms) / 1000
    return after / took_s if after >= _LEAST_TOKENS - 1 and took_s > 0 else None
