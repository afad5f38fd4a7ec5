"""Keys on the desk: shown once, changed, and never the last way in."""

import re
from urllib.parse import quote

import pytest
from means_kit import LABEL, at_desk
from msgspec import structs
from pages_kit import HOSTILE, Outline

from darkhorse.storage.accounting import KeyUse, Use


def only(desk, label="Bob"):
    return next(each for each in desk.keys.all() if each.label == label)


@at_desk
async def test_a_key_is_shown_once_and_kept_by_nobody(desk):
    answer = await desk.post("/keys", label="Bob", requests_per_day="9", spend_usd="1.50")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    key = "sk-dh-" + answer.text.partition("sk-dh-")[2][:48]
    record = only(desk)
    assert (record.kind, record.limits.requests_per_day) == ("developer", 9)
    assert str(record.limits.spend_usd) == "1.50"
    for path in ("/keys", f"/keys/{record.hash}"):
        assert key not in await desk.page(path)


@at_desk
async def test_a_reload_makes_no_other_key(desk):
    once = re.search('name="once" value="(.+?)"', await desk.page("/keys"))[1]
    wrong = await desk.post("/keys", label="Bob", spend_usd="much", once=once)
    assert wrong.status == 400
    assert (await desk.post("/keys", label="Bob", once=once)).status == 200
    again = await desk.post("/keys", label="Bob", once=once)
    assert again.status == 400
    assert "made a key already" in again.text
    assert 'value="Bob"' in again.text
    assert [each.label for each in desk.keys.all()].count("Bob") == 1
    fresh = re.search('name="once" value="(.+?)"', again.text)[1]
    assert (await desk.post("/keys", label="Bob", once=fresh)).status == 200


@at_desk
async def test_a_key_is_for_somebody(desk):
    made = len(desk.keys.all())
    answer = await desk.post("/keys", label="  ", requests_per_day="9")
    assert answer.status == 400
    assert "Say whose the key is" in answer.text
    assert 'value="9"' in answer.text
    assert len(desk.keys.all()) == made


@at_desk
async def test_it_may_expire_and_manage(desk):
    until = "2026-03-01T00:00"
    assert (await desk.post("/keys", label="Bob", kind="management", expires=until)).status == 200
    record = only(desk)
    assert (record.kind, record.expires_us) == ("management", 1_772_323_200_000_000)


WRONG = (
    ("requests_per_day", "0"),
    ("requests_per_minute", "-1"),
    ("concurrent", "1.5"),
    ("tokens_per_minute", "9" * 14),
    ("concurrent", "٣"),
    ("spend_usd", "1e5"),
    ("spend_usd", "NaN"),
    ("spend_usd", "9999999999"),
    ("expires", "yesterday"),
    ("expires", "2020-01-01T00:00"),
    ("kind", "owner"),
    ("label", "a\u202eb"),
    ("label", "sk-dh-" + "a" * 48),
    ("label", "a" * 201),
)


@at_desk
async def test_a_wrong_form_makes_no_key_and_comes_back(desk):
    for name, value in WRONG:
        answer = await desk.post(
            "/keys", **{"label": "Bob", "requests_per_minute": "7"} | {name: value}
        )
        assert answer.status == 400, (name, value)
        assert 'role="alert"' in answer.text
        if name != "requests_per_minute":
            assert 'value="7"' in answer.text
    assert len(desk.keys.all()) == 1


@at_desk
async def test_one_is_disabled_enabled_renamed_limited_and_ended(desk):
    await desk.post("/keys", label="Bob", concurrent="2")
    at = f"/keys/{only(desk).hash}"
    for path, form, told in (
        ("disable", {}, "disabled"),
        ("enable", {}, "works"),
        ("limits", {"requests_per_day": "5"}, "5 requests/day"),
        ("expires", {"expires": "2026-03-01T00:00"}, "1 March 2026"),
        ("expires", {"expires": ""}, "never"),
        ("label", {"label": "Bobby"}, "Bobby"),
    ):
        answer = await desk.post(f"{at}/{path}", **form)
        assert (answer.status, answer.headers["location"]) == (303, at)
        assert told in await desk.page(at)
    limits = only(desk, "Bobby").limits
    assert (limits.requests_per_day, limits.concurrent) == (5, None), "the form is all of it"


@at_desk
async def test_deleting_is_asked_first(desk):
    await desk.post("/keys", label="Bob")
    at = f"/keys/{only(desk).hash}"
    assert "cannot be brought back" in await desk.page(f"{at}/delete")
    assert len(desk.keys.all()) == 2
    assert (await desk.post(f"{at}/delete")).headers["location"] == "/keys"
    assert [each.label for each in desk.keys.all()] == [LABEL]
    assert (await desk.browser.ask(at)).status == 404


@pytest.mark.parametrize("act", ["disable", "delete"])
@at_desk
async def test_the_last_management_key_stays(desk, act):
    answer = await desk.post(f"/keys/{desk.key.hash}/{act}")
    assert answer.status == 400
    assert "No other management key" in answer.text
    assert await desk.page("/keys")


@at_desk
async def test_who_disables_his_own_key_is_out(desk):
    await desk.post("/keys", label="Bob", kind="management")
    assert (await desk.post(f"/keys/{desk.key.hash}/disable")).status == 303
    assert (await desk.browser.ask("/keys")).status == 401


@at_desk
async def test_what_it_used_stands_beside_it(desk):
    use = Use(requests=12_345, prompt_tokens=1_000_000, completion_tokens=230_000)
    desk.uses.held[desk.key.hash] = KeyUse(
        total=use, today=structs.replace(use, requests=77), month=use
    )
    page = await desk.page("/keys")
    for told in ("12,345", "1.23M", ">77<"):
        assert told in page


@at_desk
async def test_they_are_found_by_label_or_hash(desk):
    for label in ("Bob", "Carla", "Bobby"):
        await desk.post("/keys", label=label)
    page = await desk.page("/keys?q=bOb")
    assert "Bobby" in page
    assert "Carla" not in page
    assert "Carla" in await desk.page(f"/keys?q={only(desk, 'Carla').hash[:9]}")
    assert "No key is called that" in await desk.page("/keys?q=%00%ff<b>")


@at_desk
async def test_many_are_turned_page_by_page(desk):
    for number in range(104):
        desk.clock.us += 1
        desk.keys.create("developer", label=f"key {number:03}")
    first = await desk.page("/keys?q=key")
    assert "1 to 50 of 104, newest first" in first
    assert "key 103" in first
    assert "key 053" not in first
    older = "/keys?q=key&amp;after="
    assert f'href="{older}50"' in first
    assert ">Newer<" not in first
    last = await desk.page("/keys?q=key&after=100")
    assert f'href="{older}50"' in last
    assert "key 000" in last
    assert ">Older<" not in last
    beyond = await desk.page("/keys?q=key&after=999999")
    number = re.compile('name="once" value=".+?"')
    assert number.sub("", beyond) == number.sub("", last).replace("after=100", "after=999999")
    for nonsense in ("-1", "x", "9" * 5000, "\u0663"):
        assert (await desk.browser.ask(f"/keys?after={quote(nonsense)}")).status == 400


@at_desk
async def test_hostile_labels_stay_words(desk):
    label = HOSTILE[:200].replace("\n", " ")
    await desk.post("/keys", label=label)
    found = only(desk, label)
    for path in ("/keys", f"/keys/{found.hash}", f"/keys/{found.hash}/delete"):
        assert "img" not in Outline(await desk.page(path)).tags


@at_desk
async def test_near_a_limit_is_said(desk):
    await desk.post("/keys", label="Bob", requests_per_day="10")
    await desk.post("/keys", label="Carla", requests_per_day="10")
    used = {"Bob": 8, "Carla": 7}
    for label, requests in used.items():
        use = KeyUse(today=Use(requests=requests))
        desk.uses.held[only(desk, label).hash] = use
    page = await desk.page("/limits")
    assert "8 of 10" in page
    assert "Carla" not in page
