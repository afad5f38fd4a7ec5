"""What language models are told of a listing: the same as the pages say, as text."""

import pytest
from pages_kit import PONY, WHO, Site, get, listing, live, over, revealed

from darkhorse.catalog.limits import Limits
from darkhorse.catalog.listing import ListingLimits

TEXT = "/stealth/pony-alpha/llms.txt"


def test_a_live_listing():
    limits = ListingLimits(key=Limits(requests_per_minute=20))
    text = get(TEXT, launches=[live(listing(limits=limits), days=5)]).text
    for told in (
        *("# Pony Alpha\n", "`stealth/pony-alpha`", "A small model in a cloak.", PONY.disclosure),
        *("8,192 tokens", "Price: Free", "temperature", "Each key: 20 requests a minute"),
        *("curl http://example.org/api/v1/chat/completions", "from openai import OpenAI"),
        *("available until 11 February 2026", "http://example.org/report?about=stealth/pony-alpha"),
    ):
        assert told in text


@pytest.mark.parametrize("name", ["pony-alpha", "openrouter/pony-alpha", "stealth/pony-alpha"])
def test_by_any_of_its_names(name):
    answer = get(f"/{name}/llms.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.body == get(TEXT).body


def test_after_its_end_there_is_nothing_to_call():
    text = get(TEXT, launches=[over(live())]).text
    assert "The trial of Pony Alpha ended on 6 February 2026" in text
    assert "curl" not in text
    assert "Example-5" in get(TEXT, launches=[revealed(live())]).text


def test_a_reveal_that_waits_is_not_told():
    waits = over(live(), reveal=WHO)
    text = get(TEXT, launches=[waits]).text
    assert "The trial of Pony Alpha ended on 6 February 2026" in text
    assert WHO.maker not in text
    assert WHO.model not in text


def test_nobody_elses():
    assert get("/stealth/nobody/llms.txt").status == 404
    assert get("/x/llms.txt/llms.txt").status == 404


def test_the_site_lists_what_is_live():
    other = over(live(listing(slug="stealth/mule", title="Mule", aliases=())))
    text = get("/llms.txt", launches=[live(), other]).text
    assert "[Pony Alpha](http://example.org/stealth/pony-alpha/llms.txt)" in text
    assert "Mule" not in text.partition("## Past")[0]
    assert "- Mule (`stealth/mule`), 6 February 2026 to" in text.partition("## Past")[2]
    assert "not revealed yet" in text
    assert "it was Example-5" in get("/llms.txt", launches=[revealed(live())]).text
    assert "None just now." in get("/llms.txt", launches=[other]).text
    for page in ("rankings", "terms", "feed.xml", "report"):
        assert f"(http://example.org/{page})" in text


@pytest.mark.parametrize("path", ["/llms.txt", TEXT])
def test_while_launches_cannot_be_read(path):
    site = Site(live())
    site.launches.fails = True
    answer = site.get(path)
    assert (answer.status, answer.headers["content-type"]) == (503, "text/plain; charset=utf-8")
    assert "/var/secret" not in answer.text
