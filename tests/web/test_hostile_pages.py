"""Whatever an operator writes is text on a page, and leads nowhere it should not."""

import re
from xml.etree.ElementTree import fromstring

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages_kit import (
    HOSTILE,
    Facts,
    Outline,
    Site,
    day_of,
    get,
    listing,
    live,
    over,
    revealed,
    words,
)

from darkhorse.base.plain import plain
from darkhorse.catalog.launch import Change, Reveal
from darkhorse.storage.accounting import AppRow
from darkhorse.web.views.links import href

PAGE = "/stealth/pony-alpha"
TEXTS = ("title", "description", "disclosure", "identity", "terms", "privacy", "abuse_contact")
BAD = live(
    listing(**dict.fromkeys(TEXTS, HOSTILE), aliases=(HOSTILE,)),
    days=5,
    changes=(Change(at_us=0, text=HOSTILE),),
)
SITE = Site()
OURS = (
    r'src="/static/[\w.]+\.[0-9a-f]{12}\.js" defer|type="application/(ld\+)?json"'  # no other runs
)
WHO = Reveal(maker=HOSTILE, model=HOSTILE, text=HOSTILE, successor=HOSTILE)


@pytest.mark.parametrize("path", ["/", "/archive", PAGE])
@pytest.mark.parametrize("launch", [BAD, over(BAD), revealed(BAD, WHO)])
def test_no_text_is_ever_markup(path, launch):
    html = get(path, launches=(launch,)).text
    page = Outline(html)
    assert "img" not in page.tags
    assert all(link.startswith("/") for link in page.links)
    scripts = re.findall(r"<script ?([^>]*)>", html)
    assert all(re.fullmatch(OURS, one) for one in scripts)
    assert words(page).count("{{ 7*7 }}") == words(page).count("</script>")


@pytest.mark.parametrize("field", TEXTS)
def test_every_text_of_a_listing_is_shown_as_it_is(field):
    html = get(PAGE, launches=(live(listing(**{field: HOSTILE})),)).text
    assert HOSTILE in words(html)
    assert "<script>" not in html


@pytest.mark.parametrize("field", WHO.__struct_fields__)
def test_every_text_of_a_reveal_is_shown_as_it_is(field):
    usual = Reveal(maker="Example Lab", model="Example-5", text="It was.", successor="a/b")
    reveal = msgspec.structs.replace(usual, **{field: HOSTILE})
    html = get(PAGE, launches=(revealed(live(), reveal),)).text
    assert HOSTILE in words(html)
    assert "<script>" not in html


def test_a_line_of_history_is_shown_as_it_is():
    html = get(PAGE, launches=(live(changes=(Change(at_us=0, text=HOSTILE),)),)).text
    assert f"1 January 1970, 00:00 UTC {HOSTILE}" in words(html)
    assert "<script>" not in html


@settings(max_examples=50)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\r\0")))
def test_any_text_comes_back_as_it_was_but_for_what_steers(text):
    SITE.launches.shown = [live(listing(description=text, identity=text))]
    SITE.clock.us += 1_000_000
    page = Outline(SITE.get(PAGE).text)
    assert not text.strip() or plain(text) in "".join(page.text)


@settings(max_examples=25)
@given(text=st.text(), name=st.text())
def test_whatever_operators_and_apps_say_every_page_is_whole_and_safe(text, name):
    """Halves of characters too; a page is UTF-8 or the decoding here fails."""
    SITE.launches.shown = [live(listing(description=text, identity=text, title=text or "x"))]
    app = AppRow(rank=1, app=1, slug="a", name=name, tokens=5, requests=1)
    SITE.facts.held_apps = [app]
    SITE.clock.us += 60_000_000
    for path in ("/", PAGE, "/rankings", "/terms", "/feed.xml"):
        text_of = SITE.get(path).text
        if path == "/feed.xml":
            fromstring(text_of)
        else:
            assert all(re.fullmatch(OURS, one) for one in _scripts(text_of))


def _scripts(html):
    Outline(html)
    return re.findall(r"<script ?([^>]*)>", html)


def test_a_name_without_end_is_cut():
    app = AppRow(rank=1, app=1, slug="a", name="W" * 10_000, tokens=5, requests=1)
    for path in (PAGE, "/rankings"):
        facts = Facts(apps=[app], days=[day_of(6)])
        html = get(path, facts=facts).text
        assert f"{'W' * 59}…" in html
        assert "W" * 60 not in html


@pytest.mark.parametrize("field", ["terms", "privacy", "abuse_contact"])
@pytest.mark.parametrize(
    ("text", "leads_to"),
    [
        ("https://example.org/a?b=1&c='\"<x>", "https://example.org/a?b=1&c='\"<x>"),
        ("http://example.org", "http://example.org"),
        ("abuse@example.org", "mailto:abuse@example.org"),
        ("mailto:abuse+x@example.org", "mailto:abuse+x@example.org"),
        ("a@example.org?bcc=all@example.org", None),
        ("a@example.org?subject=x", "mailto:a@example.org%3Fsubject%3Dx"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)//https://example.org", None),
        ("javascript:alert(1)@example.org", "mailto:javascript%3Aalert%281%29@example.org"),
        ("data:text/html,<script>alert(1)</script>", None),
        (" https://example.org", None),
        ("https://", None),
        ("//example.org", None),
        ("https://example.org\njavascript:alert(1)", None),
        ("write to us", None),
    ],
)
def test_an_address_leads_there_or_nowhere(field, text, leads_to):
    html = get(PAGE, launches=(live(listing(**{field: text})),)).text
    page = Outline(html)
    away = [link for link in page.links if not link.startswith("/") or link.startswith("//")]
    assert away == ([leads_to] if leads_to else [])
    assert text in "".join(page.text)


@given(st.text())
def test_whatever_it_says_a_link_is_http_or_mail(text):
    assert re.match(r"https?://|mailto:[^?:\s]+$", href(text)) or not href(text)
