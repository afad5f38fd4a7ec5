"""`/models` narrowed, sorted and paged: each filter lets through what it should and no more."""

from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.catalog.feed import rss
from darkhorse.catalog.launch import Life, PublicLaunch
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.price import Price
from darkhorse.catalog.public import model_card
from darkhorse.catalog.search import CountQuery, ModelsQuery, found, page

DAY = 86_400_000_000
NOW = 1_770_336_000_000_000


def card(slug, *, age=1, prompt=0, completion=0, **fields):
    usual = {"title": slug.partition("/")[2].title(), "context": 1000, "max_output": 500}
    price = Price(prompt=Decimal(prompt), completion=Decimal(completion))
    listing = Listing(slug=slug, price=price, **{**usual, **fields})
    life = Life(state="live", created_us=0, live_us=NOW - age * DAY)
    return model_card(PublicLaunch(listing=listing, life=life), NOW)


CARDS = [
    card("stealth/pony", age=1, context=8000, parameters=("tools", "stop")),
    card("stealth/mule", age=5, prompt=3, completion=9, input=("text", "image")),
    card("other/ox-alpha", age=9, prompt=1, completion=2, output=("image",), context=4000),
]


def slugs(**words):
    query = msgspec.convert({name: str(it) for name, it in words.items()}, CountQuery, strict=False)
    return [each.id.partition("/")[2] for each in found(CARDS, query, NOW)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, "pony mule"),
        ({"output_modalities": "all"}, "pony mule ox-alpha"),
        ({"output_modalities": "image"}, "ox-alpha"),
        ({"output_modalities": "audio, image"}, "ox-alpha"),
        ({"q": "PON"}, "pony"),
        ({"q": "stealth mul"}, "mule"),
        ({"q": "nobody"}, ""),
        ({"supported_parameters": "tools"}, "pony"),
        ({"supported_parameters": "tools,seed"}, ""),
        ({"input_modalities": "text,image"}, "mule"),
        ({"context": 2000}, "pony"),
        ({"min_price": 2}, "mule"),
        ({"max_price": 0}, "pony"),
        ({"min_output_price": 9}, "mule"),
        ({"max_output_price": 8.5}, "pony"),
        ({"min_age_days": 5}, "mule"),
        ({"max_age_days": 2}, "pony"),
        ({"arch": "GPT,Other"}, "pony mule"),
        ({"arch": "GPT"}, ""),
        ({"model_authors": "STEALTH"}, "pony mule"),
        ({"model_authors": "other"}, ""),
        ({"providers": "Stealth"}, "pony mule"),
        ({"providers": "somebody"}, ""),
        ({"distillable": "false"}, "pony mule"),
        ({"distillable": "true"}, ""),
        ({"zdr": "true"}, ""),
        ({"region": "eu"}, ""),
        ({"min_tool_success_rate": 0}, ""),
        ({"max_coding_index": 100}, ""),
        ({"category": "legal"}, "pony mule"),
        ({"colour": "bay"}, "pony mule"),
    ],
)
def test_a_filter_finds(words, expected):
    assert slugs(**words) == expected.split()


@pytest.mark.parametrize(
    "words",
    [
        *({"context": 0}, {"context": "many"}, {"min_price": -1}, {"region": "mars"}),
        *({"zdr": "false"}, {"category": "war"}, {"min_tool_success_rate": 2}, {"offset": -1}),
    ],
)
def test_a_bad_value_is_refused(words):
    with pytest.raises(msgspec.ValidationError, match=next(iter(words))):
        slugs(**words)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (None, "pony mule ox-alpha"),
        ("newest", "pony mule ox-alpha"),
        ("pricing-low-to-high", "pony ox-alpha mule"),
        ("pricing-high-to-low", "mule ox-alpha pony"),
        ("context-high-to-low", "pony ox-alpha mule"),
        ("throughput-high-to-low", "pony mule ox-alpha"),
    ],
)
def test_in_the_order_asked_for(sort, expected):
    shown = page([CARDS[2], CARDS[0], CARDS[1]], ModelsQuery(sort=sort))
    assert [each.id.partition("/")[2] for each in shown.data] == expected.split()


def test_without_a_page_all_of_it_comes():
    shown = page(CARDS, ModelsQuery())
    assert (len(shown.data), shown.total_count, shown.links.next) == (3, 3, None)


@given(
    st.integers(0, 30),
    st.integers(1, 9),
    st.sampled_from([None, "newest", "pricing-low-to-high"]),
    st.sampled_from([None, "o", "a & b"]),
)
def test_pages_follow_one_another_to_the_end(count, limit, sort, q):
    cards = [card(f"a/m{at}", age=at) for at in range(count)]
    query = ModelsQuery(limit=limit, sort=sort, q=q)
    seen = []
    for _ in range(count + 1):
        shown = page(cards, query)
        assert shown.total_count == count
        assert len(shown.data) <= limit
        seen += [each.id for each in shown.data]
        if shown.links.next is None:
            break
        words = dict(parse_qsl(urlsplit(shown.links.next).query))
        query = msgspec.convert(words, ModelsQuery, strict=False)
        assert (query.sort, query.q) == (sort, q)
    assert seen == [each.id for each in page(cards, ModelsQuery(sort=sort)).data]


def test_a_feed_is_what_feed_readers_read():
    odd = card("stealth/odd", title="<b>&</b> \x07", description="]]> & <i>")
    feed = ET.fromstring(rss([odd, CARDS[0]], "https://example.org"))
    assert (feed.tag, feed.get("version")) == ("rss", "2.0")
    channel = feed.find("channel")
    assert {each.tag for each in channel} == {"title", "link", "description", "item"}
    first, second = channel.findall("item")
    assert first.findtext("title").startswith("<b>&</b> ")
    assert first.findtext("description").startswith("]]> & <i>")
    assert second.findtext("link") == second.findtext("guid") == "https://example.org/stealth/pony"
    assert second.findtext("pubDate") == "Thu, 05 Feb 2026 00:00:00 GMT"
