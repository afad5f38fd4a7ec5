"""Who comes in: the link once, the cookie everywhere, and no page of anybody else's."""

import asyncio

import pytest
from desk_kit import HOST, ORDER, SAME, Browser

PATHS = (
    "/",
    "/unmask",
    "/unmask/x",
    "/unmask/x/events",
    "/unmask/x/report",
    "/unmask/x/case.json",
    "/sessions",
    "/launches",
    "/nowhere",
)


def asked(*args, enters=True, desk_host="", **named):
    async def whole():
        browser = Browser(host=desk_host)
        if enters:
            await browser.enter()
        answer = await browser.ask(*args, **named)
        await browser.runs.close()
        return answer, browser

    return asyncio.run(whole())


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_without_the_link(path):
    answer, _ = asked(path, enters=False)
    assert answer.status == 401
    assert "darkhorse desk" in answer.text
    posted, browser = asked(path, method="POST", form=ORDER, headers=SAME, enters=False)
    assert posted.status == 401
    assert browser.investigator.orders == []


def test_the_link_lets_in_and_gives_a_cookie_that_scripts_cannot_read():
    async def whole():
        browser = Browser()
        answer = await browser.enter()
        assert (answer.status, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert (await browser.ask("/unmask")).status == 200
        assert browser.link_token not in (await browser.ask("/unmask")).text

    asyncio.run(whole())


def test_the_link_opens_once():
    async def whole():
        browser = Browser()
        await browser.enter()
        cookie, browser.cookie = browser.cookie, ""
        again = await browser.ask(f"/enter?token={browser.link_token}")
        assert "set-cookie" not in again.headers
        browser.cookie = cookie
        assert (await browser.ask("/unmask")).status == 200, "who is in stays in"

    asyncio.run(whole())


@pytest.mark.parametrize("end", ["/enter?", "/enter#", "/enter", "\\enter?"])
@pytest.mark.parametrize("path", ["/unmask", "/static/desk.css", "/unmask/x/case.json"])
def test_a_host_with_a_path_in_it_opens_nothing(path, end):
    answer, _ = asked(path, enters=False, host=f"127.0.0.1:8790{end}")
    assert answer.status == 421


@pytest.mark.parametrize("token", ["", "mint-2", "mint-", "MINT-1", "%00", "mint-1%20"])
def test_another_token_does_not(token):
    answer, _ = asked(f"/enter?token={token}", enters=False)
    assert "set-cookie" not in answer.headers


def test_who_leaves_is_out():
    async def whole():
        browser = Browser()
        await browser.enter()
        assert (await browser.post("/leave", {})).status == 200
        assert (await browser.ask("/unmask")).status == 401

    asyncio.run(whole())


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:1", "localhost:8790", "[::1]:8790", "192.168.7.9:8790"]
)
def test_addresses_and_localhost_are_ours(host):
    answer, _ = asked("/unmask", host=host)
    assert answer.status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8790", "127.0.0.1.evil.example", "", None, "[::1", "a b"),
        *("x@y", "x@127.0.0.1", "127.0.0.1/", "127.0.0.1#", "127.0.0.1:", "localhost:8790:1"),
        *(
            "[127.0.0.1",
            "127.0.0.1]",
            "[localhost]",
            "::1",
            "127.0.0.1\\evil.example",
            "127.0.0.1?",
        ),
    ],
)
def test_another_name_is_not_which_stops_rebinding(host):
    answer, _ = asked("/unmask", host=host)
    assert answer.status == 421
    entering, _ = asked("/enter?token=mint-1", enters=False, host=host)
    assert entering.status == 421


def test_a_name_of_our_own_can_be_given():
    assert asked("/unmask", host="desk.lan:8790", desk_host="Desk.lan")[0].status == 200
    assert asked("/unmask", host="desk.lan:8790")[0].status == 421


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("origin", "https://evil.example"),),
        (("origin", "null"),),
        (("origin", "http://127.0.0.1:9999"),),
        (("sec-fetch-site", "cross-site"),),
        (("sec-fetch-site", "same-site"),),
        (("sec-fetch-site", "none"),),
        (("origin", f"http://{HOST}"), ("sec-fetch-site", "cross-site")),
        (("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_a_page_of_somebody_else_changes_nothing(method, headers):
    answer, browser = asked("/unmask", method=method, form=ORDER, headers=headers)
    assert answer.status == 403
    assert browser.investigator.orders == []


@pytest.mark.parametrize("headers", [SAME, SAME[:1], SAME[1:]])
def test_our_own_form_does(headers):
    answer, _ = asked("/unmask", method="POST", form=ORDER, headers=headers)
    assert answer.status == 303


@pytest.mark.parametrize("path", ["/unmask", "/nowhere", "/unmask/x", "/enter?token=y"])
@pytest.mark.parametrize("enters", [True, False])
def test_every_answer_has_a_strict_policy(path, enters):
    answer, _ = asked(path, enters=enters)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; base-uri 'none'; form-action 'self'")
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["referrer-policy"] == "same-origin", "no-referrer would hide the Origin"


def test_static_files_come():
    page, _ = asked("/unmask")
    for piece in page.text.split('"'):
        if piece.startswith("/static/"):
            answer, _ = asked(piece)
            assert answer.status == 200, piece
            assert answer.body
