"""What is asked about: categories, as the classifier in analytics/topics tells them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from darkhorse.analytics.topics.names import category_name
from darkhorse.storage.figures import TopicDay, in_steps
from darkhorse.web.numbers import percent
from darkhorse.web.views.bars import Bar

__all__ = ["CategoryRow", "by_category", "category_name", "topic_bars"]

_TOP = 3  # listings named beside a category
_FIRST = "programming"  # it stands first: what most launches are for


class CategoryRow(Struct, frozen=True, kw_only=True):
    """One category; `top` are the listings that were asked most about it."""

    name: str
    requests: int  # in steps
    share: float  # of all requests
    told: str
    top: tuple[Bar, ...]


def topic_bars(topics: Iterable[TopicDay]) -> tuple[Bar, ...]:
    """Shares of one listing's requests, most first, by counts in steps."""
    sums: Counter[str] = Counter()
    for each in topics:
        sums[each.category] += each.requests
    told = _in_steps(sums)
    total = told.total()
    return tuple(
        Bar(name=category_name(name), text=percent(count / total), share=count / total)
        for name, count in told.most_common()
    )


def by_category(topics: Sequence[TopicDay], titles: Mapping[str, str]) -> tuple[CategoryRow, ...]:
    """Of all listings, programming first, by counts in steps; so are the listings named in it."""
    requests: Counter[str] = Counter()
    cells: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in topics:
        requests[each.category] += each.requests
        cells[each.category][each.listing] += each.requests
    told = _in_steps(requests)
    total = told.total()
    ordered = sorted(told, key=lambda name: (name != _FIRST, -told[name], name))
    return tuple(
        CategoryRow(
            name=category_name(name),
            requests=told[name],
            share=told[name] / total,
            told=percent(told[name] / total),
            top=_top(_in_steps(cells[name]), told[name], titles),
        )
        for name in ordered
    )


def _in_steps(counts: Counter[str]) -> Counter[str]:
    """Those of which there are enough."""
    steps = {name: in_steps(count) for name, count in counts.items()}
    return Counter({name: count for name, count in steps.items() if count})


def _top(cell: Counter[str], total: int, titles: Mapping[str, str]) -> tuple[Bar, ...]:
    return tuple(
        Bar(name=titles[slug], text=percent(count / total), share=count / total, href=f"/{slug}")
        for slug, count in cell.most_common()
        if slug in titles
    )[:_TOP]
