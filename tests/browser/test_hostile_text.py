"""Payloads in every field a stranger or an operator writes: none ran, nothing left the house."""

import re
from urllib.parse import urlencode

import pytest

from browser.crawling import pages
from browser.hostile import LAST, SLUGS
from browser.payloads import elsewhere, in_header, payload
from browser.watching import Watch, planted

FIELD = re.compile(r"__pwned='([\w -]+)'")
HTML = "text/html; charset=utf-8"
pytestmark = pytest.mark.timeout(240)


def crawled(page, starts, *, each=1):
    """The paths that were visited, and whose payloads they say; none may be more than text."""
    found, paths, said = [], [], set()
    for path, _ in pages(page, starts, each=each):
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        found += [f"{path[:200]}: {what}" for what in planted(page)]
        said.update(FIELD.findall(page.evaluate("document.body ? document.body.innerText : ''")))
        paths.append(path)
    assert found == []
    return paths, said


def asked(path, *names):
    """The page with a payload for every question it may be asked."""
    return f"{path}?{urlencode({name: payload(f'query {name}', 2_000) for name in names})}"


SAID_IN_PUBLIC = (
    *("title", "description", "disclosure", "identity", "terms", "privacy", "contact"),
    *("app title", "maker", "model", "reveal", "next"),
)
SAID_TO_ONESELF = (
    *("label", "app title", "system", "prompt", "part", "said before", "own call"),
    *("own arguments", "tool result", "thoughts", "answer", "arguments"),
)
SAID_AT_THE_DESK = (
    *SAID_TO_ONESELF,
    *("user agent", "referer", "error message", "upstream id", "upstream model", "endpoint model"),
    *("report", "report listing", "report generation", "report contact", "what", "comment"),
    *("browser", "note", "source", "raw", "raw asked", "raw answered", "public answered"),
    *("who retire", "why retire", "query q", "query name"),
)
"""Payloads that must be seen, as text: else what follows would prove nothing."""
PUBLIC = (
    "/",
    *(f"/{slug}" for slug in SLUGS.values()),
    "/stealth/villain-over",
    "/stealth/villain-revealed",
    "/nothing/here/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    asked("/rankings", "days"),
    asked("/archive", "by"),
    asked("/report", "model", "listing", "generation"),
    asked("/", "launch"),
    asked(f"/{SLUGS['talks']}", "over"),
)
OWN = (
    "/playground",
    "/activity",
    asked("/playground", "model", "other"),
    asked("/activity", "before"),
    asked("/activity/export", "first", "last", "format"),
    "/activity/gen-%3Cimg%20src%3Dx%20onerror%3D%22globalThis.__pwned%3D1%22%3E",
)
FILTERS = ("launch", "span", "until", "category", "language", "app", "finish", "error", "trouble")
DESK = (
    "/",
    "/traffic",
    "/asked/prompts?span=hour",
    "/trouble?span=hour",
    "/reports",
    "/keys",
    "/sessions",
    f"/launches/{SLUGS['talks']}/report",
    f"/launches/{SLUGS['talks']}/report?public=yes",
    f"/search?q={LAST}",
    asked("/", *FILTERS),
    asked("/traffic", *FILTERS, "before"),
    asked("/asked", *FILTERS),
    asked("/asked/prompts", *FILTERS, "before", "key", "person", "session", "signature"),
    asked("/trouble", *FILTERS),
    asked("/search", "q"),
    asked("/search", "name"),
    asked("/keys", "q", "problem"),
    asked("/reports", "state", "before"),
    asked("/limits", "launch"),
    asked("/health", "launch"),
    "/generation/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "/launches/%3Cscript%3Ealert(1)%3C%2Fscript%3E/retire",
    "/keys/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "/unmask/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
)


def test_public_pages_say_it_and_no_more(hostile, visit):
    page = visit(hostile)
    paths, said = crawled(page, PUBLIC)
    assert len(paths) >= len(PUBLIC) + 3
    assert set(SAID_IN_PUBLIC) <= said


def test_ones_own_pages_say_it_and_no_more(hostile, visit):
    page = visit(hostile, "/activity")
    page.get_by_label("Your key").fill(hostile.villains_key)
    page.get_by_role("button", name="Keep it in this browser").click()
    page.get_by_role("heading", name="The last 30 days").wait_for()
    paths, said = crawled(page, OWN, each=4)
    assert set(SAID_TO_ONESELF) <= said
    assert sum("/activity/gen-" in path for path in paths) >= 8


def test_the_desk_says_it_and_no_more(hostile, visit):
    page = visit(hostile, desk=True)
    paths, said = crawled(page, DESK, each=3)
    assert set(SAID_AT_THE_DESK) <= said
    assert sum("/generation/" in path for path in paths) >= 8
    assert any("/audits/" in path and path.endswith("/report") for path in paths)


FORMS = {
    "/unmask": ("url", "model"),
    "/enter": ("key", "then"),
    "/keys": ("label", "expires", "spend_usd"),
    f"/launches/{SLUGS['talks']}/extend": ("days", "until", "why"),
    f"/launches/{SLUGS['talks']}/retire": ("why", "slug"),
    f"/launches/{SLUGS['talks']}/report/notes": ("text", "source", "link", "day"),
}


@pytest.mark.parametrize("way", FORMS)
def test_what_was_typed_comes_back_as_text(hostile, visit, way):
    typed = {name: payload(f"typed {name}", 8_000) for name in FORMS[way]}
    answer = hostile.desk_form(way, **typed)
    assert 400 <= answer.status < 500
    page = visit(hostile, "/sessions", desk=True)
    page.route("**/came-back", lambda route: route.fulfill(body=answer.text, content_type=HTML))
    page.goto("/came-back")
    assert page.get_by_role("alert").count() == 1
    assert planted(page) == []


def test_what_runs_would_be_seen(chromium, hostile):
    context = chromium.new_context()
    watch = Watch(context, hostile.public)
    page = context.new_page()
    page.route("http://evil.invalid/**", lambda route: route.abort())
    away = elsewhere("test")
    page.set_content(f"{in_header('test')}<style></style><img src={away}> X49X")
    page.wait_for_function("globalThis.__pwned")
    found = planted(page)
    context.close()
    for what in ("a script ran: test", "<img onerror>", "inline script", "<style>", "filled in"):
        assert any(what in each for each in found), what
    assert any("http://evil.invalid/test" in each for each in watch.problems)
