"""What `/metrics` says, in Prometheus' text format: the engine's own figures, read when asked."""

from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from darkhorse_engine.engine import Engine

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_GAUGES = {
    "running": "Sequences that have their place in the batch",
    "waiting": "Sequences that wait for one",
    "pages": "Pages of the cache",
    "pages_used": "Pages that sequences hold, or that are kept",
    "pages_kept": "Pages that are kept for prompts that begin alike",
}
_COUNTERS = {
    "prompt_tokens": "Tokens of prompts",
    "cached_tokens": "Of those, found in the cache",
    "generated_tokens": "Tokens of answers",
    "preemptions": "Times that a sequence gave up its pages, to be read again",
    "drafted": "Tokens that the MTP block drafted",
    "accepted": "Of those, accepted",
    "steps": "Runs through the model",
    "step_seconds": "Spent in them",
    "failed": "Answers that ended in an error",
}


@dataclass(frozen=True)
class _Figures(Collector):
    engine: Engine

    def collect(self) -> Iterable[Metric]:
        """By name in `Stats`."""
        stats = self.engine.stats
        for name, text in _GAUGES.items():
            yield GaugeMetricFamily(f"darkhorse_engine_{name}", text, value=getattr(stats, name))
        for name, text in _COUNTERS.items():
            value = getattr(stats, name)
            yield CounterMetricFamily(f"darkhorse_engine_{name}", text, value=value)


class Metrics:
    """Of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Figures(engine))

    def text(self) -> bytes:
        """A page for a scraper."""
        return generate_latest(self._registry)
