"""What people ask: how their requests fall, by what each is, and over time."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from darkhorse.analytics.topics import Quality
from darkhorse.storage.traits import LENGTHS, TURNS, Counts, Facet, FacetHour, FacetSum
from darkhorse.web.charts import Chart, Series
from darkhorse.web.desk.insight.views.times import HOUR_US
from darkhorse.web.desk.insight.views.words import facet_value
from darkhorse.web.numbers import brief, percent
from darkhorse.web.views.topics import category_name

__all__ = [
    "FEW_APPS",
    "MOST_APPS",
    "OVER_TIME",
    "AskedPage",
    "Breakdown",
    "Line",
    "asked_page",
    "breakdown",
    "over_time",
    "quality_words",
]

Link = Callable[..., str]
_ORDERS: Mapping[Facet, Sequence[str]] = {
    "length": LENGTHS,
    "turns": TURNS,
    "tools": ("no", "yes"),
}
_TITLES: Mapping[Facet, tuple[str, str]] = {
    "category": ("By category", "Category"),
    "language": ("By language", "Language"),
    "app": ("By app", "App"),
    "length": ("By length of the newest message", "Length"),
    "turns": ("By turns of the user", "Turns"),
    "tools": ("By tools", "Tools"),
    "dialect": ("By dialect", "Dialect"),
}
_FILTERED = frozenset({"category", "language", "app", "tools"})
OVER_TIME: tuple[Facet, ...] = ("category", "language", "length", "tools")
"""By what the chart can show requests."""
_LAYERS = 8  # of a chart; the rest are one
FEW_APPS = 12
"""Where apps stand beside other tables."""
MOST_APPS = 200
"""Where they have a table to themselves."""
_REST = "the rest"


class Line(Struct, frozen=True, kw_only=True):
    """A value of a facet. Shares are of what ended."""

    name: str
    href: str
    share: float  # of all requests, 0 to 1
    requests: str
    percent: str
    tokens: str
    failed: str
    refused: str
    retried: str


class Breakdown(Struct, frozen=True, kw_only=True):
    """One facet. `is_cut`: there are values that are not shown; `all`: the page that has them."""

    id: Facet
    title: str
    head: str
    lines: tuple[Line, ...]
    is_cut: bool = False
    all: str = ""


class AskedPage(Struct, frozen=True, kw_only=True):
    """All of it. `behind`: records that are not described yet; None: nothing is described.

    `charts`: what the chart can show, its address, and whether it does.
    """

    requests: int
    chart: Chart
    charts: tuple[tuple[str, str, bool], ...]
    main: tuple[Breakdown, ...]
    beside: tuple[Breakdown, ...]
    behind: int | None
    quality: str


def asked_page(
    sums: Mapping[Facet, Sequence[FacetSum]],
    chart: Chart,
    link: Link,
    apps: Mapping[int, str],
    *,
    over: Facet = "category",
    most_apps: int = FEW_APPS,
    behind: int | None,
    quality: str,
) -> AskedPage:
    """Of the sums by each facet; of apps, one more than are shown says that there are more.

    `most_apps`: the first few stand beside other tables, more are a wide one.
    """
    requests = sum(each.counts.requests for each in sums["category"])
    made = {
        facet: breakdown(
            facet, found, requests, link, apps, most=most_apps if facet == "app" else None
        )
        for facet, found in sums.items()
    }
    are_few = most_apps == FEW_APPS
    main: Sequence[Facet] = ("category", "language") if are_few else ("category", "language", "app")
    return AskedPage(
        requests=requests,
        chart=chart,
        charts=tuple(
            (facet.capitalize(), link(over=None if facet == "category" else facet), facet == over)
            for facet in OVER_TIME
        ),
        main=tuple(made[facet] for facet in main),
        beside=tuple(table for facet, table in made.items() if facet not in main),
        behind=behind,
        quality=quality,
    )


def breakdown(
    facet: Facet,
    sums: Sequence[FacetSum],
    whole: int,
    link: Link,
    apps: Mapping[int, str],
    *,
    most: int | None = None,
) -> Breakdown:
    """Most first, but for what has an order of its own. `whole`: all requests there were."""
    order = _ORDERS.get(facet)
    if order:
        sums = sorted(sums, key=lambda each: _place(order, each.value))
    title, head = _TITLES[facet]
    return Breakdown(
        id=facet,
        title=title,
        head=head,
        lines=tuple(_line(facet, each, whole, link, apps) for each in sums[:most]),
        is_cut=most is not None and len(sums) > most,
        all=link(all_apps=1) if most == FEW_APPS else "",
    )


def _place(order: Sequence[str], value: str) -> int:
    return order.index(value) if value in order else len(order)


def _line(facet: Facet, found: FacetSum, whole: int, link: Link, apps: Mapping[int, str]) -> Line:
    counts = found.counts
    share = counts.requests / whole if whole else 0.0
    return Line(
        name=facet_value(facet, found.value, apps),
        href=_href(facet, found.value, link),
        share=share,
        requests=f"{counts.requests:,}",
        percent=percent(share),
        tokens=brief(counts.prompt_tokens + counts.completion_tokens),
        failed=_rate(counts, "failed"),
        refused=_rate(counts, "refused"),
        retried=_rate(counts, "retried"),
    )


def _href(facet: Facet, value: str, link: Link) -> str:
    """Its prompts; none where there is no filter for it."""
    if facet not in _FILTERED or value == "more":
        return ""
    return link("/asked/prompts", **{facet: value or "none"})


def _rate(counts: Counts, name: str) -> str:
    return percent(getattr(counts, name) / counts.ended if counts.ended else None)


def quality_words(quality: Quality) -> str:
    """How well it does, and where worst, as two sentences."""
    weakest = min(quality.by_category, key=lambda each: quality.by_category[each])
    return (
        f"On {quality.n:,} prompts in {len(quality.by_language)} languages that it was not made "
        f"of, its macro-F1 is {quality.macro_f1:.2f} ({quality.date}). "
        f"It is weakest at {category_name(weakest)} ({quality.by_category[weakest]:.2f})."
    )


def over_time(
    hours: Sequence[FacetHour], since_us: int, until_us: int, step_hours: int, facet: Facet
) -> Chart:
    """Requests by value of a facet; the most asked ones apart, in colours that keep to their rank.

    Values that have an order of their own keep to that.
    """
    first = since_us // HOUR_US // step_hours * step_hours
    count = max(1, -(-(until_us // HOUR_US - first) // step_hours))
    by_value: defaultdict[str, list[int]] = defaultdict(lambda: [0] * count)
    for each in hours:
        at = (each.hour - first) // step_hours
        if 0 <= at < count:
            by_value[each.value][at] += each.counts.requests
    return Chart(
        id="chart-asked",
        title=f"Requests by {facet}, by {'hour' if step_hours < 24 else 'day'}",
        kind="stack",
        unit="count",
        times=[(first + at * step_hours) * 3600 for at in range(count)],
        step=step_hours * 3600,
        series=_layers(facet, by_value),
    )


def _layers(facet: Facet, by_value: Mapping[str, Sequence[int]]) -> list[Series]:
    order = _ORDERS.get(facet, ())
    ranked = sorted(
        by_value, key=lambda value: (_place(order, value), -sum(by_value[value]), value)
    )
    top, rest = ranked[:_LAYERS], ranked[_LAYERS:]
    layers = [
        Series(facet_value(facet, value, {}), by_value[value], at) for at, value in enumerate(top)
    ]
    if rest:
        together = [sum(column) for column in zip(*(by_value[each] for each in rest), strict=True)]
        layers.append(Series(_REST, together, _LAYERS))
    return layers
