"""In by a link or a key, out by leaving, by time, by revoking, and with the key."""

import asyncio
import inspect

import pytest
from desk_kit import SAME, Browser, Remembered, minting
from pages_kit import HOSTILE, HandClock

from darkhorse.accounts.keys import KeyRing, hash_key
from darkhorse.base.secret import Secret
from darkhorse.storage.ports import KeyRecord
from darkhorse.web.desk.session import IDLE_S, LINK_S, MOST_S

MANAGES, ASKS = "sk-dh-m-right", "sk-dh-right"


class Keys:
    """A `KeyStore` of two keys."""

    def __init__(self):
        self.number = 0
        self.held = {}
        self.put(MANAGES, kind="management", label="Ada's")
        self.put(ASKS, kind="developer", label="Bob's")

    def put(self, key, **fields):
        record = KeyRecord(hash=hash_key(Secret(key)), created_us=1, **fields)
        self.held[key] = record
        self.number += 1

    def remove(self, key):
        del self.held[key]
        self.number += 1

    def version(self):
        return self.number

    def keys(self):
        return list(self.held.values())


class House:
    """A desk with keys, and browsers that share its store, its clock and its key ring."""

    def __init__(self):
        self.clock, self.store, self.keys = HandClock(), Remembered(), Keys()
        self.mint = minting()
        self.first = self.browser()

    def browser(self):
        """Of a process of its own: the next one after a restart."""
        ring = KeyRing(self.keys, self.clock)
        return Browser(clock=self.clock, store=self.store, ring=ring, mint=self.mint)

    def wait(self, seconds):
        self.clock.us += round(seconds * 1_000_000)

    async def try_key(self, key=MANAGES, browser=None, headers=SAME, **fields):
        browser = browser or self.first
        return await browser.post("/enter", {"key": key, **fields}, headers=headers)

    async def enter(self, key=MANAGES):
        return self.first.keep(await self.try_key(key))


def at_desk(work):
    """A test that is a coroutine over a house."""

    def test(*args, **named):
        asyncio.run(work(House(), *args, **named))

    test.__name__ = work.__name__
    parameters = list(inspect.signature(work).parameters.values())[1:]
    test.__signature__ = inspect.Signature(parameters)
    return test


async def status(browser, path="/unmask"):
    return (await browser.ask(path)).status


@at_desk
async def test_a_management_key_lets_in(house):
    answer = await house.enter()
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    for word in ("httponly", "samesite=strict", "path=/", f"max-age={MOST_S}"):
        assert word in cookie
    assert "secure" not in cookie
    assert await status(house.first) == 200
    assert MANAGES not in repr(house.store.held)
    assert house.first.cookie not in repr(house.store.held), "its hash is enough"


@at_desk
async def test_behind_a_proxy_with_tls_the_cookie_stays_there(house):
    headers = (("origin", "https://127.0.0.1:8790"), ("sec-fetch-site", "same-origin"))
    answer = await house.try_key(headers=headers)
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("claimed", "is_secure"),
    [("https", True), ("https, http", True), ("http", False), ("", False)],
)
@at_desk
async def test_also_where_a_link_lets_in(house, claimed, is_secure):
    path = f"/enter?token={house.first.link_token}"
    headers = (("x-forwarded-proto", claimed),) if claimed else ()
    answer = await house.first.ask(path, headers=headers)
    assert ("secure" in answer.headers["set-cookie"].lower()) is is_secure


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (ASKS, "developer key"),
        ("sk-dh-m-wrong", "does not work"),
        ("", "does not work"),
        ("x" * 5_000, "does not work"),
        (HOSTILE, "does not work"),
        ("\ud800", "does not work"),
    ],
)
@at_desk
async def test_no_other_does(house, key, words):
    answer = await house.try_key(key.encode("utf-8", "surrogatepass"))
    assert answer.status == 401
    assert words in answer.text
    assert "set-cookie" not in answer.headers
    assert not key or key not in answer.text, "what was typed might be a key"
    assert "<img" not in answer.text


@pytest.mark.parametrize("fields", [{"disabled": True}, {"expires_us": 1}])
@at_desk
async def test_a_key_that_has_stopped_does_not_let_in(house, fields):
    house.keys.put(MANAGES, kind="management", label="Ada's", **fields)
    assert (await house.try_key()).status == 401


@pytest.mark.parametrize("headers", [(), (("sec-fetch-site", "cross-site"),)])
@at_desk
async def test_a_form_of_another_page_does_not(house, headers):
    assert (await house.try_key(headers=headers)).status == 403
    assert not house.store.held


@at_desk
async def test_without_keys_only_links_let_in(house):
    browser = Browser(clock=house.clock, store=house.store)
    assert "Management key" not in (await browser.ask("/enter")).text
    assert (await browser.post("/enter", {"key": MANAGES})).status == 401


@at_desk
async def test_wrong_keys_are_counted_by_address(house):
    for _ in range(5):
        assert (await house.try_key("sk-dh-m-wrong")).status == 401
    refused = await house.try_key("sk-dh-m-wrong")
    assert refused.status == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "set-cookie" not in refused.headers
    house.first.address = "192.0.2.8"
    assert (await house.try_key("sk-dh-m-wrong")).status == 401, "another's mistakes are not his"
    house.first.address = "192.0.2.7"
    house.wait(int(refused.headers["retry-after"]) - 1)
    assert (await house.try_key("sk-dh-m-wrong")).status == 429
    house.wait(1)
    assert (await house.try_key("sk-dh-m-wrong")).status == 401


@at_desk
async def test_no_stranger_keeps_out_who_has_a_key(house):
    for _ in range(40):
        await house.try_key("sk-dh-m-wrong")
    assert (await house.try_key()).status == 303, "behind one proxy all have one address"


@at_desk
async def test_and_in_all(house):
    for at in range(30):
        house.first.address = f"192.0.2.{at}"
        assert (await house.try_key("sk-dh-m-wrong")).status == 401
    house.first.address = "192.0.2.99"
    assert (await house.try_key("sk-dh-m-wrong")).status == 429
    link = await house.first.enter()
    assert link.status == 303, "nobody can lock out who has a link"


@at_desk
async def test_many_wrong_ones_at_once_are_no_way_around_it(house):
    answers = await asyncio.gather(*(house.try_key("sk-dh-m-wrong") for _ in range(20)))
    assert sorted(each.status for each in answers) == [401] * 5 + [429] * 15


@at_desk
async def test_right_ones_do_not_count(house):
    for _ in range(20):
        assert (await house.try_key()).status == 303


@at_desk
async def test_a_session_ends_without_use_and_at_last_in_any_case(house):
    await house.enter()
    for _ in range(MOST_S // IDLE_S):
        house.wait(IDLE_S - 61)
        assert await status(house.first) == 200
    house.wait(IDLE_S)
    assert await status(house.first) == 401
    await house.enter()
    house.wait(IDLE_S)
    assert await status(house.first) == 401
    await house.enter()
    until = house.clock.us + (MOST_S - 1) * 1_000_000
    while house.clock.us < until:
        house.wait(min(IDLE_S - 61, (until - house.clock.us) / 1e6))
        assert await status(house.first) == 200
    house.wait(1)
    assert await status(house.first) == 401, "seven days, however busy"


@at_desk
async def test_it_outlives_the_process(house):
    await house.enter()
    next_one = house.browser()
    next_one.cookie = house.first.cookie
    assert await status(next_one) == 200


@pytest.mark.parametrize("how", ["disabled", "expired", "deleted"])
@at_desk
async def test_it_ends_with_its_key(house, how):
    await house.enter()
    by_link = house.browser()
    await by_link.enter()
    if how == "deleted":
        house.keys.remove(MANAGES)
    else:
        fields = {"disabled": True} if how == "disabled" else {"expires_us": house.clock.us}
        house.keys.put(MANAGES, kind="management", label="Ada's", **fields)
    assert await status(house.first) == 401
    assert await status(by_link) == 200, "who came by a link has no key to lose"
    house.keys.put(MANAGES, kind="management", label="Ada's")
    assert await status(house.first) == 401, "over is over"


@at_desk
async def test_its_name_changes_at_each_sign_in(house):
    house.first.cookie = "planted"
    await house.enter()
    first = house.first.cookie
    assert first != "planted"
    await house.enter()
    assert house.first.cookie != first
    house.first.cookie = first
    assert await status(house.first) == 401, "the one before is over"
    assert len(house.store.held) == 1


@at_desk
async def test_who_is_in_is_listed_and_can_be_put_out(house):
    await house.first.enter()
    other = house.browser()
    other.keep(await house.try_key(browser=other, headers=(*SAME, ("user-agent", HOSTILE))))
    page = (await house.first.ask("/sessions")).text
    assert "key Ada&#39;s" in page
    assert "a link" in page
    assert "<img" not in page
    assert "&lt;img src=x" in page
    ids = [piece.partition('"')[0] for piece in page.split('name="session" value="')[1:]]
    assert len(ids) == 1, "one's own is left by leaving"
    assert (await house.first.post("/sessions/end", {"session": ids[0]})).status == 303
    assert await status(other) == 401
    assert await status(house.first) == 200


@at_desk
async def test_all_others_at_once(house):
    others = [house.browser() for _ in range(3)]
    for each in (house.first, *others):
        each.keep(await house.try_key(browser=each))
    assert (await house.first.post("/sessions/end-others", {})).status == 303
    assert [await status(each) for each in others] == [401] * 3
    assert await status(house.first) == 200


@at_desk
async def test_a_look_at_a_link_does_not_spend_it(house):
    path = f"/enter?token={house.first.link_token}"
    assert "set-cookie" not in (await house.first.ask(path, method="HEAD")).headers
    assert "set-cookie" in (await house.first.ask(path)).headers


@at_desk
async def test_a_link_is_good_for_ten_minutes(house):
    house.wait(LINK_S)
    answer = await house.first.ask(f"/enter?token={house.first.link_token}")
    assert answer.status == 401
    assert "darkhorse desk" in answer.text
    assert "set-cookie" not in answer.headers


@at_desk
async def test_a_link_that_another_page_shows_needs_one_more_step(house):
    """A strict cookie does not come along with a request that another page began."""
    path = f"/enter?token={house.first.link_token}"
    answer = await house.first.ask(path, headers=(("sec-fetch-site", "cross-site"),))
    assert answer.status == 200
    assert "set-cookie" in answer.headers
    assert 'href="/"' in answer.text


@at_desk
async def test_who_is_out_comes_back_to_where_he_was(house):
    page = await house.first.ask("/unmask?x=1&y=<b>")
    assert page.status == 401
    assert 'name="then" value="/unmask?x=1&amp;y=' in page.text
    answer = await house.try_key(then="/unmask?x=1")
    assert answer.headers["location"] == "/unmask?x=1"


@pytest.mark.parametrize(
    "then",
    ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\r\nx: y", "/enter"],
)
@at_desk
async def test_a_form_sends_nobody_elsewhere(house, then):
    assert (await house.try_key(then=then)).headers["location"] == "/"


@at_desk
async def test_who_leaves_is_out_everywhere(house):
    await house.enter()
    answer = await house.first.post("/leave", {})
    assert "You have left" in answer.text
    assert await status(house.first) == 401
    assert not house.store.held
