"""What a model wrote becomes HTML in which nothing acts, nothing loads and nothing is lost."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages_kit import HandClock
from starlette.requests import Request

from darkhorse.web.answers import MOST, answer_html, artefact_response
from darkhorse.web.answers.code import CLASSES, Colours

TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("span", "em", "strong", "s", "table", "thead", "tbody", "tr", "th", "td", "a", "div"),
}
ATTRIBUTES = {
    *("href", "rel", "target", "class", "dir", "tabindex", "role", "start"),
    *("aria-label", "data-what", "data-artefact"),
}
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{background:url(//evil.example)}</style>",
    "<a href='javascript:alert(1)'>x</a>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](//evil.example/x)",
    "[x](/playground/key/forget)",
    "[x](\\\\evil.example)",
    '[x](http://a.example "t\\" onmouseover=alert(1) \\"")',
    "<javascript:alert(1)>",
    "<http://a.example/%22onmouseover=alert(1)>",
    "![x](http://evil.example/who-reads.png)",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](http://evil.example/a.png)',
    "[![x](http://evil.example/a.png)](javascript:alert(1))",
    "[x]\n\n[x]: javascript:alert(1)",
    '```"><script>alert(1)</script>\nx\n```',
    "```html onload=alert(1)\n</code></pre><script>alert(1)</script>\n```",
    "~~~svg\n<svg onload=alert(1)>\n~~~",
    "`</code><script>alert(1)</script>`",
    "    </code></pre><script>alert(1)</script>",
    "| a |\n|--:|\n| <img src=x onerror=alert(1)> |",
    "# <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "\x00<script\x00>alert(1)</script>",
    "\ud800<script>alert(1)</script>\udfff",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<form action=//evil.example><button formaction=javascript:alert(1)>x",
    "<base href=//evil.example><meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
)


class Harmless(HTMLParser):
    """Fails at the first tag or attribute that may not be there; keeps the text and the links."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.text, self.links, self.tags, self.pairs = "", [], [], []
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS
        self.tags.append(tag)
        for name, value in attrs:
            assert name in ATTRIBUTES
            self.pairs.append((tag, name, value))
            if name == "href":
                assert re.match(r"https?://[^/]", value, re.IGNORECASE)
                self.links.append(value)
            if name == "class":
                assert set(value.split()) <= {*CLASSES, "scroll", "copied", "number", "prose"}
        if tag == "a":
            assert ("rel", "nofollow noopener noreferrer") in attrs

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def shown(text):
    return Harmless(answer_html(text, HandClock()))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_acts(text):
    for around in ("{}", "> {}", "- {}", "**{}**", "| a |\n|---|\n| {} |"):
        shown(around.format(text))


MARKS = (
    *("[", "]", "(", ")", "![", "<", ">", "`", "```\n", "*", "_", "|", "\n", "\n\n", "# ", "- "),
    *("> ", "    ", "\\", "&", "javascript:", "http://a.example", "onerror=", '"', "'", "="),
)
PIECES = st.sampled_from([*HOSTILE, *MARKS])


@settings(max_examples=80, deadline=None)
@given(st.lists(PIECES | st.text(max_size=12), max_size=25))
def test_nothing_made_of_pieces_acts(pieces):
    shown("".join(pieces))


def test_what_is_usual_is_rendered():
    page = shown(
        "# One\n\ntwo **three** [four](https://a.example/b)\n\n1. five\n\n"
        "| six | seven |\n|---|--:|\n| a | 8 |\n\n~~nine~~\n\n> ten"
    )
    assert {"h3", "strong", "a", "ol", "li", "table", "s", "blockquote"} <= set(page.tags)
    assert page.links == ["https://a.example/b"]
    assert ("td", "class", "number") in page.pairs


def test_headings_stay_below_those_of_the_page():
    html = answer_html("# a\n## b\n###### c", HandClock())
    assert re.findall("<(h[0-9])", html) == ["h3", "h4", "h6"]


def test_an_image_is_a_link_and_is_not_loaded():
    page = shown("![a cat](https://a.example/cat.png)")
    assert page.links == ["https://a.example/cat.png"]
    assert page.text.strip() == "Image: a cat"


def test_marks_of_direction_steer_nothing():
    assert "\u202e" not in answer_html("a\u202eb\u2066c `\u202d`", HandClock())


def test_only_fenced_html_and_svg_are_offered_to_be_shown():
    texts = ("```html\n<b>\n```", "```svg\n<svg/>\n```", "```python\nx\n```", "    <b>")
    kinds = [re.findall('data-artefact="(.*?)"', answer_html(each, HandClock())) for each in texts]
    assert kinds == [["html"], ["svg"], [], []]


def test_what_is_too_long_is_shown_as_it_is():
    page = shown("*a* <b>" + "x" * MOST)
    assert page.text.startswith("*a* <b>xxx")
    assert page.tags == ["p"]


@pytest.mark.parametrize(
    "text", ["![" * 5_000, "*a* [\n" * 5_000, f"|{'a|' * 200}\n|{'-|' * 200}\n" + "|\n" * 1_000]
)
def test_what_would_cost_seconds_is_shown_as_it_is(text):
    assert shown(text).tags == ["p"]


SOURCES = st.text(max_size=80) | st.sampled_from(["a\n", "'", '"', "/*", "<a ", "\t", "\\\n"]).map(
    lambda piece: piece * 60
)
LANGUAGES = ("python", "js", "html", "css", "java", "c#", "yaml", "php", "diff", "nobody's", "")


@settings(max_examples=60, deadline=None)
@given(SOURCES, st.sampled_from(LANGUAGES))
def test_colours_lose_nothing(source, language):
    assert Harmless(Colours(HandClock()).html(source, language)).text == source


class Passing(HandClock):
    """A tenth of a second goes by whenever it is asked."""

    def monotonic(self):
        self.us += 100_000
        return self.us / 1e6


def test_colours_end_when_their_time_is_over():
    source = "x = 1\n" * 200
    page = Harmless(Colours(Passing()).html(source, "python"))
    assert page.text == source
    assert 0 < page.tags.count("span") < 10


def framed(dest=b"iframe", **how):
    headers = [] if dest is None else [(b"sec-fetch-dest", dest)]
    asked = Request({"type": "http", "headers": headers})
    return artefact_response(asked, b"<script>1</script>", **how)


@pytest.mark.parametrize(("runs", "sandbox"), [(False, ""), (True, "allow-scripts")])
def test_an_artefact_has_no_origin_and_script_only_where_it_is_asked_for(runs, sandbox):
    answer = framed(runs=runs)
    policy = dict(
        each.strip().partition(" ")[::2]
        for each in answer.headers["content-security-policy"].split(";")
    )
    assert policy["sandbox"] == sandbox
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert ("script-src" in policy) is runs
    assert "connect-src" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_an_artefact_does_not_stand_below_our_address_by_itself():
    assert framed(b"document").status_code == 403
    assert b"script" not in framed(b"document").body
    assert framed(None).status_code == 200, "over plain HTTP browsers do not say"
