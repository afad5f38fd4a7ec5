"""The page for reports: a form that needs no script, and shows nothing that a link made up."""

from urllib.parse import urlencode

import pytest
from pages_kit import HOSTILE, Outline, Site, get, listing, live, words

from darkhorse.accounts.reports import CONTACT, NAME, TEXT, WHAT
from darkhorse.web.views.report import ReportPage

SENT = "rep-WWgy31ergvpMzll327h0"


def page(**query):
    return get("/report", query=urlencode(query))


def test_the_form_sends_what_the_api_takes():
    html = page().text
    assert '<form method="post" action="/api/v1/report">' in html
    assert "script" not in Outline(html).tags
    for name, most in (
        ("text", TEXT),
        ("listing", NAME),
        ("generation", NAME),
        ("contact", CONTACT),
    ):
        assert f'name="{name}"' in html
        assert f'maxlength="{most}"' in html
    kinds = ReportPage(about="", sent="", problem="").kinds
    assert all(f'value="{kind}"' in html and len(kind) <= WHAT for kind, _ in kinds)
    assert "form-action 'self'" in page().headers["content-security-policy"]


@pytest.mark.parametrize("name", ["stealth/pony-alpha", "pony-alpha"])
def test_a_listing_is_filled_in(name):
    assert 'value="stealth/pony-alpha"' in page(about=name).text


@pytest.mark.parametrize("field", ["about", "thanks", "problem"])
@pytest.mark.parametrize("text", [HOSTILE, "stealth/nobody", "", "1", SENT[:-1], f"{SENT}x"])
def test_a_link_cannot_put_words_on_the_page(field, text):
    assert page(**{field: text}).body == page().body


def test_it_says_thanks():
    html = page(thanks=SENT).text
    assert "Thank you." in words(html)
    assert f"quote {SENT}" in words(html)
    assert "<form" not in html


@pytest.mark.parametrize("problem", ["unfit", "large", "many", "trouble"])
def test_it_says_what_went_wrong_and_offers_the_form_again(problem):
    html = page(problem=problem).text
    assert "It was not sent" in words(html)
    assert "<form" in html


def test_the_form_is_there_while_launches_cannot_be_read():
    site = Site()
    site.launches.fails = True
    answer = site.get("/report", query="about=pony-alpha")
    assert answer.status == 200
    assert "<form" in answer.text


def test_every_launch_leads_there():
    for each in (live(), live(listing(slug="a/b", aliases=()))):
        link = f"/report?about={each.listing.slug}"
        assert link in Outline(get(f"/{each.listing.slug}", launches=[each]).text).links
    assert "/report" in Outline(get("/").text).links


def test_an_answer_is_filled_in_and_nothing_that_only_looks_like_one():
    name = "gen-1770000000-WWgy31ergvpMzll327h0"
    assert f'name="generation" maxlength="{NAME}" autocomplete="off" value="{name}"' in (
        page(generation=name).text
    )
    for text in (HOSTILE, f"{name}x", "gen-1", "gen-1-this-was-wrong"):
        assert page(generation=text).body == page().body
