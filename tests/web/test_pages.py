import asyncio
import re
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages_kit import (
    DAY_US,
    LIVE_US,
    PONY,
    Facts,
    Outline,
    Site,
    ask,
    get,
    listing,
    live,
    over,
    revealed,
    words,
)
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from darkhorse.base.address import base_url
from darkhorse.base.errors import ConfigError
from darkhorse.storage.ports import ListingTotals

PAGE = "/stealth/pony-alpha"
EVERY_PAGE = {
    "/": (live(days=5),),
    "/archive": (over(live()),),
    "/rankings": (live(),),
    "/terms": (live(days=5),),
    "/report": (live(),),
    "/nowhere": (),
    "/stealth/pony-alpha": (live(days=5),),
    "/stealth/pony-alpha#ended": (over(live()),),
    "/stealth/pony-alpha#revealed": (revealed(live()),),
}


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_page_is_whole_html(path):
    answer = get(path.partition("#")[0], launches=EVERY_PAGE[path])
    page = Outline(answer.text)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert page.doctype == "doctype html"
    for tag in ("h1", "main", "title", "header", "nav", "footer"):
        assert page.tags.count(tag) == 1, tag
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.metas["description"]
    assert not {"style", "iframe"} & set(page.tags)
    assert "/feed.xml" in page.links
    assert all(script.get("src") or "json" in script["type"] for script in page.scripts)
    assert all(link.startswith("/") and not link.startswith("//") for link in page.links)


def test_the_front_page_says_what_is_live_and_that_it_is_logged():
    page = Outline(get().text)
    shown = words(page)
    for word in (PONY.title, PONY.slug, *PONY.aliases, PONY.description, "8,192", "4,096"):
        assert word in shown
    assert "What you send here is logged." in shown
    assert PONY.disclosure in shown
    assert "divided by four" in shown
    leads = {"/api/v1/models", "/stealth/pony-alpha", "/playground?model=stealth/pony-alpha"}
    assert leads <= set(page.links)


def test_a_card_has_the_first_line_of_a_description_and_the_page_all_of_it():
    told = live(listing(description="\n  It runs.  \nAnd it jumps."))
    assert "It runs." in words(get(launches=(told,)).text)
    assert "jumps" not in get(launches=(told,)).text
    assert "It runs. And it jumps." in words(get("/stealth/pony-alpha", launches=(told,)).text)
    long = live(listing(description="a" * 10_000))
    assert f"{'a' * 199}…" in words(get(launches=(long,)).text)


def test_totals_are_shown_as_of_a_moment():
    facts = Facts(
        ListingTotals(
            listing=PONY.slug, requests=1234, prompt_tokens=56789, completion_tokens=1000001
        ),
        ListingTotals(listing="an/other", requests=777, prompt_tokens=7, completion_tokens=7),
    )
    for path in ("/", "/stealth/pony-alpha"):
        html = get(path, facts=facts).text
        shown = words(html)
        assert re.search(r"<dt>Requests so far</dt><dd id=\"[^\"]+\">1,234</dd>", html)
        assert "Tokens so far 1.06M56.8K prompt, 1M answer" in shown
        assert "777" not in shown
        assert "as of 6 February 2026, 00:01:40 UTC" in shown
        assert 'datetime="2026-02-06T00:01:40Z"' in html


def test_a_listing_nobody_used_shows_zeros():
    shown = words(get().text)
    assert "Requests so far 0 Tokens so far 0" in shown
    assert "as of" in shown


def test_no_listing_is_a_page_too_and_says_what_to_do_next():
    shown = words(get(launches=()).text)
    assert "No model is live just now" in shown
    assert "launch create FILE" in shown


def test_a_notice_that_is_the_same_for_all_stands_once():
    other = listing(slug="stealth/mule-beta", aliases=(), title="Mule Beta")
    html = get(launches=(live(), live(other))).text
    assert html.count("What you send here is logged.") == 1
    assert html.index("What you send here is logged.") < html.index("<article")


def test_several_listings_each_have_their_notice_and_their_page():
    other = listing(
        slug="stealth/mule-beta", aliases=(), title="Mule Beta", disclosure="Kept a year."
    )
    page = Outline(get(launches=(live(), live(other))).text)
    assert page.tags.count("article") == 2
    assert words(page).count("What you send here is logged.") == 2
    assert "Kept a year." in words(page)
    assert PONY.disclosure in words(page)
    for slug in (PONY.slug, other.slug):
        assert {f"/{slug}", f"/playground?model={slug}"} <= set(page.links)


def test_past_launches_stand_below_the_live_ones():
    other = live(listing(slug="stealth/mule-beta", aliases=(), title="Mule Beta"))
    third = live(listing(slug="stealth/ox-gamma", aliases=(), title="Ox Gamma"))
    page = Outline(get(launches=(over(third), live(), revealed(other))).text)
    shown = words(page)
    assert page.tags.count("article") == 1
    assert shown.index("Pony Alpha") < shown.index("Ox Gamma") < shown.index("Mule Beta")
    assert "Ox Gamma · not revealed yet" in shown
    assert "Mule Beta was Example-5 by Example Lab" in shown
    assert {"/stealth/mule-beta", "/stealth/ox-gamma", "/archive"} <= set(page.links)
    assert "/playground?model=stealth/mule-beta" not in page.links


def test_the_front_page_keeps_to_ten_past_launches_and_leads_to_the_rest():
    past = [over(live(listing(slug=f"stealth/no-{n}", aliases=()))) for n in range(11)]
    page = Outline(get(launches=past).text)
    assert "/stealth/no-9" in page.links
    assert "/stealth/no-10" not in page.links
    assert "/archive" in page.links


def test_the_front_page_retires_at_the_windows_end():
    site = Site(live(days=5))
    site.clock.us = LIVE_US + 5 * DAY_US - 1
    assert "less than a minute" in words(site.get().text)
    site.clock.us += 1
    page = Outline(site.get().text)
    assert page.tags.count("article") == 0
    assert "6 February 2026 to 11 February 2026, 5 days" in words(page)


def test_the_calls_can_be_pasted():
    curl, python, typescript, anthropic = Outline(get(PAGE, host="[::1]:8000").text).blocks
    assert curl.startswith("curl http://[::1]:8000/api/v1/chat/completions \\\n")
    body = msgspec.json.decode(curl[curl.index("-d '") + 4 : curl.rindex("'")])
    assert body["model"] == PONY.slug
    compile(python, "page", "exec")
    compile(anthropic, "page", "exec")
    assert 'base_url="http://[::1]:8000/api/v1"' in python
    assert 'base_url="http://[::1]:8000/api"' in anthropic
    assert 'baseURL: "http://[::1]:8000/api/v1"' in typescript


def test_embeddings_are_called_as_what_they_are():
    vectors = live(listing(output=("embeddings",)))
    curl, python = Outline(get(PAGE, launches=(vectors,)).text).blocks
    assert curl.startswith("curl http://example.org/api/v1/embeddings ")
    assert msgspec.json.decode(curl[curl.index("-d '") + 4 : curl.rindex("'")])["input"]
    compile(python, "page", "exec")


@pytest.mark.parametrize(
    "host",
    [
        '"><script>alert(1)</script>',
        "example.org/evil",
        "example.org' -o /etc/passwd '",
        "example.org$(reboot)",
        "user@example.org",
        "example.org\n",
        "example.org:80:80",
        "example.org:",
        "ex\xe4mple.org",
        "example.org:\u0663".encode().decode("latin-1"),
        "-o",
        "",
        "a" * 300,
    ],
)
def test_a_host_that_is_none_is_not_repeated(host):
    blocks = Outline(get(PAGE, host=host).text).blocks
    assert len(blocks) == 4
    assert all("http://127.0.0.1:8000/api" in block for block in blocks)
    assert "http://127.0.0.1:8000/api/v1" in words(get("/", host=host).text)
    assert not host or host not in "".join(blocks)


@pytest.mark.parametrize("host", ["localhost", "example.org:8443", "10.0.0.7:80", "[fe80::1]", "a"])
def test_a_host_that_is_one_is(host):
    blocks = Outline(get(PAGE, host=host).text).blocks
    assert len(blocks) == 4
    assert all(f"http://{host}/api" in block for block in blocks)


@given(st.text())
def test_whatever_the_host_nothing_that_a_shell_or_html_would_read(host):
    url = base_url(host, None, "fallback")
    assert re.fullmatch(r"http://[A-Za-z0-9._:\[\]-]+", url)


@pytest.mark.parametrize(
    ("proto", "scheme"),
    [("https", "https"), ("http", "http"), ("javascript", "http"), ("", "http")],
)
def test_https_is_said_only_where_a_proxy_says_so(proto, scheme):
    html = get(headers=[("x-forwarded-proto", proto)]).text
    assert f"{scheme}://example.org/api/v1" in html
    assert "javascript" not in html


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/archive", 200),
        ("GET", "/stealth/pony-alpha", 200),
        ("GET", "/pony-alpha", 308),
        ("GET", "/robots.txt", 200),
        ("GET", "/favicon.ico", 200),
        ("GET", "/rankings", 200),
        ("GET", "/rankings?days=30", 200),
        ("GET", "/terms", 200),
        ("GET", "/feed.xml", 200),
        ("HEAD", "/live", 200),
        ("HEAD", "/live/stealth/pony-alpha", 200),
        ("GET", "/live/stealth/nobody", 404),
        ("GET", "/live/", 404),
        ("GET", "/nowhere", 404),
        ("GET", "/static/site.000000000000.css", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/%2e%2e%2fapp.py", 404),
        ("GET", "//", 404),
        ("GET", "/" + "a" * 60_000, 404),
        ("POST", "/", 405),
        ("POST", "/stealth/pony-alpha", 405),
    ],
)
def test_every_answer_has_its_status_and_the_security_headers(method, path, status):
    path, _, query = path.partition("?")
    answer = get(path, method=method, query=query)
    assert answer.status == status
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "server" not in answer.headers


def test_what_nobody_expected_says_nothing_and_keeps_the_headers():
    facts = Facts(
        ListingTotals(listing=PONY.slug, requests="secret", prompt_tokens=1, completion_tokens=1)
    )
    sent = []
    app = Site(live(), facts=facts).app
    with pytest.raises(ValueError, match="Cannot specify"):  # for the server's log
        asyncio.run(ask(app, sent=sent))
    head = dict(sent[0]["headers"])
    assert sent[0]["status"] == 500
    page = Outline(sent[1]["body"].decode())
    assert page.headings == [[1, "Something went wrong on our side."]]
    assert "secret" not in words(page)
    assert head[b"content-security-policy"].startswith(b"default-src 'self';")


def test_what_is_not_here_is_a_page_that_leads_back():
    page = Outline(get("/nowhere/<b>").text)
    assert {"/", "/archive"} <= set(page.links)
    assert "nowhere" not in words(page)


def test_static_files_are_named_by_their_content_and_kept_long():
    page = Outline(get().text)
    statics = [link for link in page.links if link.startswith("/static/")]
    assert len(statics) == 4
    for link in statics:
        answer = get(link)
        assert answer.status == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert re.search(r"\.[0-9a-f]{12}\.(css|js|svg)$", link)
        assert re.sub(r"http://www.w3.org/\d+/svg", "", answer.text).count("http") == 0
        assert "url(" not in answer.text
    assert get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *(("ink", "paper"), ("quiet", "paper"), ("link", "paper")),
        *(("ink", "panel"), ("quiet", "panel"), ("link", "panel")),
        *(("ink", "notice"), ("link", "notice"), ("ink", "last")),
    ],
)
def test_text_stands_out_by_wcag_aa(scheme, ink, paper):
    page = Outline(get().text)
    css = get(next(link for link in page.links if link.endswith(".css"))).text
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css.split("@media")[scheme]))
    assert contrast(colours[ink], colours[paper]) >= 4.5


@pytest.mark.parametrize(
    "name", ["activity", "feed.xml", "live", "playground", "rankings", "report", "static", "terms"]
)
def test_no_listing_stands_in_the_way_of_a_page(name):
    with pytest.raises(ConfigError, match="stand in the way"):
        listing(slug=f"{name}/pony", aliases=()).check()
    with pytest.raises(ConfigError, match="stand in the way"):
        listing(aliases=(name,)).check()


def test_pages_with_readers_of_their_own_come_before_listings():
    async def own(_):
        return PlainTextResponse("mine")

    site = Site(live(listing(aliases=("own",))), others=[Route("/own", own)])
    assert site.get("/own").text == "mine"
