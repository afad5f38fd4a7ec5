"""What was measured, as tables and as one JSON object; what is held against which goal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from rich.table import Table

from decoding.rounds import Measured, Plan, Point

__all__ = [
    "GOALS",
    "Costs",
    "Goal",
    "by_context",
    "held",
    "memory",
    "real_against_synthetic",
    "rows",
    "spread",
    "statistic",
    "table",
]

OURS = "ours int4"

Costs = dict[str, dict[int, float]]
"""Milliseconds a token, by series and context."""


@dataclass(frozen=True)
class Goal:
    """How many times something is something else; met from `least` on, or up to `most`."""

    what: str
    above: tuple[str, int]
    below: tuple[str, int]
    least: float = 0.0
    most: float = float("inf")


GOALS = (
    Goal("llama.cpp at 8K", ("llama.cpp", 8192), (OURS, 8192), least=3),
    Goal("llama.cpp at 32K", ("llama.cpp", 32_768), (OURS, 32_768), least=10),
    Goal("llama.cpp, fa off, at 8K", ("llama.cpp, fa off", 8192), (OURS, 8192), least=3),
    Goal("llama.cpp, fa off, at 32K", ("llama.cpp, fa off", 32_768), (OURS, 32_768), least=10),
    Goal("growth from 256 to 131K", (OURS, 131_072), (OURS, 256), most=2.5),
)


def by_context(measured: Measured, of: Callable[[Point], Iterable[float]]) -> Costs:
    """The median over the tokens of all rounds; synthetic caches only."""
    costs: Costs = {}
    for (series, context, is_real), point in measured.points.items():
        if not is_real:
            costs.setdefault(series, {})[context] = round(median(of(point)), 2)
    return costs


def held(costs: Costs) -> list[dict[str, Any]]:
    """Each goal for which both sides were measured."""
    found = []
    for goal in GOALS:
        sides = [costs.get(series, {}).get(at) for series, at in (goal.above, goal.below)]
        if None in sides:
            continue
        ratio = sides[0] / sides[1]
        found.append(
            {
                "what": goal.what,
                "ratio": round(ratio, 2),
                "goal": f"≥ {goal.least:g}" if goal.least else f"≤ {goal.most:g}",
                "is_met": goal.least <= ratio <= goal.most,
            }
        )
    return found


def real_against_synthetic(measured: Measured, threads: int) -> list[dict[str, Any]]:
    """Does a token cost the same behind a prompt that was read?"""
    found = []
    for (series, context, is_real), point in measured.points.items():
        synthetic = measured.points.get((series, context, False))
        if is_real and synthetic:
            both = {"real": point, "synthetic": synthetic}
            costs = {k: round(median(p.cpu_ms) / threads, 2) for k, p in both.items()}
            found.append({"series": series, "context": context, **costs})
    return found


def spread(measured: Measured, threads: int) -> dict[str, dict[int, tuple[float, float]]]:
    """The cheapest and the dearest token."""
    found: dict[str, dict[int, tuple[float, float]]] = {}
    for (series, context, is_real), point in measured.points.items():
        if not is_real:
            ends = min(point.cpu_ms) / threads, max(point.cpu_ms) / threads
            found.setdefault(series, {})[context] = (round(ends[0], 2), round(ends[1], 2))
    return found


def memory(measured: Measured) -> dict[str, dict[int, int]]:
    """Of the process, MB, by series and context: everything that it holds for all its series."""
    found: dict[str, dict[int, int]] = {}
    for (series, context, is_real), point in measured.points.items():
        if not is_real:
            found.setdefault(series, {})[context] = point.rss_mb
    return found


def table(title: str, costs: Costs, contexts: Iterable[int]) -> Table:
    drawn = Table(title=title, title_justify="left")
    drawn.add_column("tokens before")
    for series in costs:
        drawn.add_column(series, justify="right")
    for context in contexts:
        cells = [by.get(context) for by in costs.values()]
        if any(cells):
            drawn.add_row(f"{context:,}", *("" if c is None else f"{c:,.1f}" for c in cells))
    return drawn


def rows(title: str, given: list[dict[str, Any]]) -> Table:
    """Flat rows with the same fields."""
    drawn = Table(title=title, title_justify="left")
    for name in given[0] if given else ():
        drawn.add_column(name)
    for row in given:
        drawn.add_row(*(f"{v:,.3g}" if isinstance(v, float) else str(v) for v in row.values()))
    return drawn


def statistic(plan: Plan) -> str:
    """What every number is."""
    tokens = plan.rounds * plan.steps
    return (
        f"median of {tokens} decoded tokens in {plan.rounds} rounds; CPU time of all threads of "
        f"the process, run with {plan.threads}"
    )
