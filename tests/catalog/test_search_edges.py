"""Filters of `/models` at their edges: what is asked for as the least or the most is in."""

from decimal import Decimal

import msgspec
import pytest

from darkhorse.catalog.launch import Life, PublicLaunch
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.price import Price
from darkhorse.catalog.public import model_card
from darkhorse.catalog.search import CountQuery, ModelsQuery, found, page

DAY = 86_400_000_000
NOW = 1_770_336_000_000_000
LISTING = Listing(
    slug="a/one",
    title="One",
    context=8000,
    max_output=500,
    price=Price(prompt=Decimal(3), completion=Decimal(9)),
)
LIFE = Life(state="live", created_us=0, live_us=NOW - 5 * DAY)
CARD = model_card(PublicLaunch(listing=LISTING, life=LIFE), NOW)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("context", 8000, None),
        ("price", 3, 3),
        ("output_price", 9, 9),
        ("age_days", 5, 5),
    ],
)
def test_the_edge_is_in_and_beyond_it_is_not(name, least, most):
    prefix = "" if most is None else "min_"
    words = [({f"{prefix}{name}": least}, 1), ({f"{prefix}{name}": least + 1}, 0)]
    if most is not None:
        words += [({f"max_{name}": most}, 1), ({f"max_{name}": most - 1}, 0)]
    for asked, count in words:
        assert len(found([CARD], msgspec.convert(asked, CountQuery), NOW)) == count, asked


def test_an_offset_alone_is_followed_by_the_rest():
    shown = page([CARD] * 3, ModelsQuery(offset=1))
    assert (len(shown.data), shown.total_count, shown.links.next) == (2, 3, None)
