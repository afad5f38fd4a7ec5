import asyncio
import re
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.catalog.listing import Listing
from darkhorse.storage.ports import ListingTotals
from darkhorse.web.app import make_app
from darkhorse.web.views import base_url

PONY = Listing(
    slug="stealth/pony-alpha",
    aliases=("pony-alpha", "openrouter/pony-alpha"),
    name="Pony Alpha",
    description="A small model in a cloak.",
    created=1_770_336_000,
    context=8192,
    max_output=4096,
)
HOSTILE = "</p><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\"'{{ 7*7 }}"


class HandClock:
    def __init__(self):
        self.seconds = 100.0

    def now_us(self):
        return 1_770_336_000_000_000 + int(self.seconds * 1e6)

    def monotonic(self):
        return self.seconds


class Facts:
    def __init__(self, *totals):
        self.by_listing = {each.listing: each for each in totals}
        self.reads = 0

    def totals(self):
        self.reads += 1
        if self.by_listing is None:
            raise OSError("/var/secret/facts.sqlite is gone")
        return self.by_listing


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        return self.body.decode()


async def ask(app, path="/", method="GET", headers=(), sent=None):
    """One request, straight into the ASGI callable; `sent` is filled even if it raises."""
    sent = [] if sent is None else sent

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "server": None,
        "client": None,
    }
    await app(scope, receive, send)
    head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], head, b"".join(m.get("body", b"") for m in sent[1:]))


def get(path="/", *, listings=(PONY,), facts=None, host="example.org", headers=(), method="GET"):
    app = make_app(listings, facts or Facts(), clock=HandClock(), fallback_host="127.0.0.1:8000")
    return asyncio.run(ask(app, path, method, [("host", host), *headers]))


class Outline(HTMLParser):
    """Checks that every element is closed in order, and keeps what a test wants to ask."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.text, self.ids = [], [], [], []
        self.links, self.blocks = [], []
        self.doctype = None
        self.feed(html)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))

    def handle_decl(self, decl):
        self.doctype = decl

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        assert len(attributes) == len(attrs)
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        self.tags.append(tag)
        self.links += [attributes[name] for name in ("href", "src") if name in attributes]
        self.ids += [attributes["id"]] if "id" in attributes else []
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "pre":
            self.blocks.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)
        if "pre" in self.open:
            self.blocks[-1] += data


def words(outline):
    return re.sub(r"\s+", " ", "".join(outline.text))


def test_the_page_is_whole_html_without_scripts():
    answer = get()
    page = Outline(answer.text)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert page.doctype == "doctype html"
    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("title") == 1
    assert not {"script", "style", "iframe"} & set(page.tags)
    assert all(link.startswith("/") and not link.startswith("//") for link in page.links)
    assert "/api/v1/models" in page.links


def test_a_listing_says_what_it_is_and_that_it_is_logged():
    shown = words(Outline(get().text))
    for word in (PONY.name, PONY.slug, *PONY.aliases, PONY.description, "8,192", "4,096"):
        assert word in shown
    assert "What you send here is logged." in shown
    assert PONY.disclosure in shown
    assert "divided by four" in shown


def test_totals_are_shown_as_of_a_moment():
    facts = Facts(
        ListingTotals(
            listing=PONY.slug, requests=1234, prompt_tokens=56789, completion_tokens=1000001
        ),
        ListingTotals(listing="an/other", requests=777, prompt_tokens=7, completion_tokens=7),
    )
    html = get(facts=facts).text
    shown = words(Outline(html))
    assert "<dt>Requests so far</dt><dd>1,234</dd>" in html
    assert "56,789" in shown
    assert "1,000,001" in shown
    assert "777" not in shown
    assert "as of 6 February 2026, 00:01:40 UTC" in shown
    assert 'datetime="2026-02-06T00:01:40Z"' in html


def test_a_listing_nobody_used_shows_zeros():
    assert "<dt>Requests so far</dt><dd>0</dd>" in get().text


def test_the_page_stands_while_the_log_cannot_be_read():
    facts = Facts()
    facts.by_listing = None
    answer = get(facts=facts)
    assert answer.status == 200
    assert "cannot be read from the log just now" in answer.text
    assert "Requests so far" not in answer.text
    assert "secret" not in answer.text
    assert PONY.disclosure in answer.text


def test_totals_are_read_once_a_second_whatever_the_traffic():
    facts, clock = Facts(), HandClock()

    async def scene():
        app = make_app((PONY,), facts, clock=clock, fallback_host="h")
        await asyncio.gather(*(ask(app) for _ in range(20)))
        assert facts.reads == 1
        clock.seconds += 1.0
        await asyncio.gather(*(ask(app) for _ in range(20)))
        assert facts.reads == 2

    asyncio.run(scene())


def test_no_listing_is_a_page_too():
    answer = get(listings=())
    assert "No model is live just now" in words(Outline(answer.text))


def test_several_listings_each_have_their_notice_and_their_call():
    other = msgspec.structs.replace(
        PONY, slug="stealth/mule-beta", aliases=(), name="Mule Beta", disclosure="Kept a year."
    )
    page = Outline(get(listings=(PONY, other)).text)
    assert page.tags.count("article") == 2
    assert "Kept a year." in words(page)
    assert ["mule-beta" in block for block in page.blocks] == [False, False, True, True]


def test_the_calls_can_be_pasted():
    curl, python = Outline(get(host="[::1]:8000").text).blocks
    assert curl.startswith("curl http://[::1]:8000/api/v1/chat/completions \\\n")
    body = msgspec.json.decode(curl[curl.index("-d '") + 4 : curl.rindex("'")])
    assert body["model"] == PONY.slug
    compile(python, "page", "exec")
    assert 'base_url="http://[::1]:8000/api/v1"' in python


def test_texts_of_a_listing_are_text_and_never_markup():
    hostile = msgspec.structs.replace(
        PONY, name=HOSTILE, description=HOSTILE, disclosure=HOSTILE, aliases=(HOSTILE,)
    )
    html = get(listings=(hostile,)).text
    page = Outline(html)
    assert not {"script", "img"} & set(page.tags)
    assert words(page).count(HOSTILE) == 4
    assert "49" not in html


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\r\0")))
def test_any_text_comes_back_as_it_was(text):
    page = Outline(get(listings=(msgspec.structs.replace(PONY, description=text),)).text)
    assert not text.strip() or text in "".join(page.text)


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
    blocks = Outline(get(host=host).text).blocks
    assert all("http://127.0.0.1:8000/api/v1" in block for block in blocks)
    assert not host or host not in "".join(blocks)


@pytest.mark.parametrize("host", ["localhost", "example.org:8443", "10.0.0.7:80", "[fe80::1]", "a"])
def test_a_host_that_is_one_is(host):
    assert all(f"http://{host}/api/v1" in block for block in Outline(get(host=host).text).blocks)


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
        ("GET", "/robots.txt", 200),
        ("GET", "/favicon.ico", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/static/site.000000000000.css", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/%2e%2e%2fapp.py", 404),
        ("POST", "/", 405),
    ],
)
def test_every_answer_has_its_status_and_the_security_headers(method, path, status):
    answer = get(path, method=method)
    assert answer.status == status
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "server" not in answer.headers


def test_what_nobody_expected_says_nothing_and_keeps_the_headers():
    facts = Facts(
        ListingTotals(listing=PONY.slug, requests="secret", prompt_tokens=1, completion_tokens=1)
    )
    sent = []

    async def scene():
        app = make_app((PONY,), facts, clock=HandClock(), fallback_host="h")
        with pytest.raises(ValueError, match="Cannot specify"):  # for the server's log
            await ask(app, sent=sent)

    asyncio.run(scene())
    head = dict(sent[0]["headers"])
    assert sent[0]["status"] == 500
    assert sent[1]["body"] == b"Something went wrong on our side.\n"
    assert head[b"content-security-policy"].startswith(b"default-src 'self';")


def test_what_is_not_here_is_a_page_that_leads_back():
    page = Outline(get("/nowhere/<b>").text)
    assert "/" in page.links
    assert "nowhere" not in words(page)


def test_static_files_are_named_by_their_content_and_kept_long():
    page = Outline(get().text)
    statics = [link for link in page.links if link.startswith("/static/")]
    assert len(statics) == 2
    for link in statics:
        answer = get(link)
        assert answer.status == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert re.search(r"\.[0-9a-f]{12}\.(css|svg)$", link)
        assert "http://www.w3.org" in answer.text or "http" not in answer.text
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
    [("ink", "paper"), ("quiet", "paper"), ("link", "paper"), ("ink", "panel"), ("ink", "notice")],
)
def test_text_stands_out_by_wcag_aa(scheme, ink, paper):
    page = Outline(get().text)
    css = get(next(link for link in page.links if link.endswith(".css"))).text
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css.split("@media")[scheme]))
    assert contrast(colours[ink], colours[paper]) >= 4.5
