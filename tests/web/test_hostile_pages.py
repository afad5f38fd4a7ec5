"""Whatever an operator writes is text on a page, and leads nowhere it should not."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages_kit import HOSTILE, Outline, Site, get, listing, live, over, revealed, words

from darkhorse.catalog.launch import Change, Reveal
from darkhorse.web.views.links import href

PAGE = "/stealth/pony-alpha"
TEXTS = ("title", "description", "disclosure", "identity", "terms", "privacy", "abuse_contact")
BAD = live(
    listing(**dict.fromkeys(TEXTS, HOSTILE), aliases=(HOSTILE,)),
    days=5,
    changes=(Change(at_us=0, text=HOSTILE),),
)
SITE = Site()
WHO = Reveal(maker=HOSTILE, model=HOSTILE, text=HOSTILE, successor=HOSTILE)


@pytest.mark.parametrize("path", ["/", "/archive", PAGE])
@pytest.mark.parametrize("launch", [BAD, over(BAD), revealed(BAD, WHO)])
def test_no_text_is_ever_markup(path, launch):
    html = get(path, launches=(launch,)).text
    page = Outline(html)
    assert "img" not in page.tags
    assert all(link.startswith("/") for link in page.links)
    scripts = re.findall(r"<script ?([^>]*)>", html)
    assert all(re.fullmatch(r'src="/static/countdown\.\w+\.js" defer', one) for one in scripts)
    assert "49" not in html


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
    assert "<script" not in html


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\r\0")))
def test_any_text_comes_back_as_it_was(text):
    SITE.launches.shown = [live(listing(description=text, identity=text))]
    for path in ("/", PAGE):
        SITE.clock.us += 1_000_000
        page = Outline(SITE.get(path).text)
        assert not text.strip() or text in "".join(page.text)


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
