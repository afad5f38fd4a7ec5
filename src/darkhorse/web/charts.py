"""Charts: small exact ones as SVG made here, series over time as data for static/charts.js.

Every chart's numbers stand in the page as text or a table as well.
"""

from collections.abc import Sequence
from typing import Literal

from markupsafe import Markup
from msgspec import Struct

__all__ = ["Chart", "Series", "Unit", "bar", "spark", "strip"]

Unit = Literal["count", "tokens", "ms", "percent", "tps"]
_WIDE, _HIGH = 112, 26


class Series(Struct, frozen=True):
    """One line or layer. `color`: 0 to 9, of the palette in site.css."""

    name: str
    values: Sequence[float | None]  # one for each moment of the chart; None: nothing to show
    color: int = 0


class Chart(Struct, frozen=True, kw_only=True):
    """For `kit.chart`: series over the same moments."""

    id: str  # of the element; unique in its page
    title: str
    kind: Literal["stack", "lines"]
    unit: Unit
    times: Sequence[int]  # seconds since the epoch, ascending
    step: int = 86_400  # seconds from one moment to the next
    series: Sequence[Series]
    height: int = 220

    @property
    def is_empty(self) -> bool:
        """Is there no value to draw?"""
        return not any(value for each in self.series for value in each.values)

    def island(self) -> dict[str, object]:
        """What static/charts.js reads."""
        return {
            "kind": self.kind,
            "unit": self.unit,
            "times": list(self.times),
            "step": self.step,
            "height": self.height,
            "series": [
                {"name": each.name, "values": list(each.values), "color": each.color}
                for each in self.series
            ],
        }


def spark(values: Sequence[float], label: str) -> Markup:
    """A line of a table's height. `label` says it in words."""
    most = max(values, default=0) or 1
    step = _WIDE / max(1, len(values) - 1)
    points = " ".join(
        f"{at * step:.1f},{_HIGH - 2 - value / most * (_HIGH - 4):.1f}"
        for at, value in enumerate(values)
    )
    return Markup(
        '<svg class="spark" viewBox="0 0 {wide} {high}" role="img" aria-label="{label}" '
        'preserveAspectRatio="none"><polyline points="{points}" fill="none" '
        'stroke="var(--s0)" stroke-width="1.6" vector-effect="non-scaling-stroke"/></svg>'
    ).format(wide=_WIDE, high=_HIGH, label=label, points=points)


def bar(share: float, color: int = 0) -> Markup:
    """A bar of `share` (0 to 1) of its place; decoration beside the number."""
    width = max(0.0, min(1.0, share)) * 100
    return Markup(
        '<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect width="100" height="8" fill="var(--panel)"/>'
        '<rect width="{width}" height="8" fill="var(--s{color})"/></svg>'
    ).format(width=f"{width:.2f}", color=color)


def strip(shares: Sequence[float | None], label: str) -> Markup:
    """A cell for each share that went well, oldest first: green, straw below 95 %, red below 80 %.

    The bounds are OpenRouter's for an endpoint that is degraded, and one that is down.
    """
    cells = Markup("").join(
        Markup('<rect x="{x}" width="1" height="24" fill="var(--{color})"/>').format(
            x=at, color=_grade(share)
        )
        for at, share in enumerate(shares)
    )
    return Markup(
        '<svg class="strip" viewBox="0 0 {wide} 24" preserveAspectRatio="none" role="img" '
        'aria-label="{label}">{cells}</svg>'
    ).format(wide=max(1, len(shares)), label=label, cells=cells)


def _grade(share: float | None) -> str:
    if share is None:
        return "line"
    return "s0" if share >= 0.95 else "s3" if share >= 0.8 else "s1"
