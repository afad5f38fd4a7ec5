"""What is asked about: categories, as the classifier in analytics/topics tells them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from darkhorse.storage.figures import LEAST, TopicDay
from darkhorse.web.numbers import brief, percent
from darkhorse.web.views.bars import Bar

__all__ = ["CategoryRow", "by_category", "category_name", "topic_bars"]

_TOP = 3  # listings named beside a category
_FIRST = "programming"  # it stands first: what most launches are for
_NAMES = {
    "marketing/seo": "Marketing: SEO",
    "identity": "The model itself",
    "general": "General",
}


class CategoryRow(Struct, frozen=True, kw_only=True):
    """One category; `top` are the listings that were asked most about it."""

    name: str
    requests: int
    tokens: str
    share: float  # of all requests
    told: str
    top: tuple[Bar, ...]


def category_name(category: str) -> str:
    """`Marketing: SEO` for `marketing/seo`."""
    return _NAMES.get(category) or category.replace("/", ": ").capitalize()


def topic_bars(topics: Iterable[TopicDay]) -> tuple[Bar, ...]:
    """Shares of one listing's requests, most first; none of fewer than `LEAST`."""
    sums: Counter[str] = Counter()
    for each in topics:
        sums[each.category] += each.requests
    total = sums.total()
    if total < LEAST:
        return ()
    return tuple(
        Bar(name=category_name(name), text=percent(count / total), share=count / total)
        for name, count in sums.most_common()
        if count
    )


def by_category(topics: Sequence[TopicDay], titles: Mapping[str, str]) -> tuple[CategoryRow, ...]:
    """Of all listings, programming first; one asked fewer than `LEAST` times is not named."""
    requests: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    listings: Counter[str] = Counter()
    cells: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in topics:
        requests[each.category] += each.requests
        tokens[each.category] += each.tokens
        listings[each.listing] += each.requests
        cells[each.category][each.listing] += each.requests
    total = requests.total()
    if total < LEAST:
        return ()
    named = {slug: titles[slug] for slug in listings if slug in titles and listings[slug] >= LEAST}
    ordered = sorted(requests, key=lambda name: (name != _FIRST, -requests[name], name))
    return tuple(
        CategoryRow(
            name=category_name(name),
            requests=requests[name],
            tokens=brief(tokens[name]),
            share=requests[name] / total,
            told=percent(requests[name] / total),
            top=_top(cells[name], named),
        )
        for name in ordered
        if requests[name]
    )


def _top(cell: Counter[str], named: Mapping[str, str]) -> tuple[Bar, ...]:
    total = cell.total()
    return tuple(
        Bar(name=named[slug], text=percent(count / total), share=count / total, href=f"/{slug}")
        for slug, count in cell.most_common()
        if slug in named
    )[:_TOP]
