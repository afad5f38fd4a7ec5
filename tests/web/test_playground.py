"""The playground's page, the key in a browser's cookie, and from where its forms are taken."""

import json
import re
from urllib.parse import urlencode

import msgspec
import pytest
from own_kit import HERE, HOST, KEY, MANAGEMENT, OTHER, Own, record
from pages_kit import HOSTILE, Outline, listing, live, over, words

from darkhorse.catalog.profile import Ranges

SOUND = listing(
    slug="stealth/mule",
    aliases=(),
    title="Mule",
    input=("text", "image", "audio"),
    parameters=("temperature", "tools", "response_format", "reasoning", "stop"),
    efforts=("low", "high"),
    reasoning_always=True,
    ranges=Ranges(temperature=(0.0, 1.5)),
)
FLAGS = {"HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=strict"}


def form(**fields):
    return urlencode(fields).encode()


def cookie(answer):
    """Its value, and its flags."""
    value, *flags = answer.headers["set-cookie"].split("; ")
    return value, set(flags)


# --- the key ---


def test_a_key_is_kept_where_no_script_reads_it():
    answer = Own().post("/playground/key", form(key=KEY, to="/activity"))
    assert (answer.status, answer.headers["location"]) == (303, "/activity")
    assert cookie(answer) == (f"darkhorse_key={KEY}", FLAGS)
    assert answer.headers["cache-control"] == "no-store"


def test_over_tls_the_cookie_is_for_tls_alone():
    own = Own()
    tls = (("x-forwarded-proto", "https"), *HERE)
    answer = own.post("/playground/key", form(key=f" {KEY}\n"), headers=tls)
    assert cookie(answer) == (f"__Host-darkhorse_key={KEY}", FLAGS | {"Secure"})
    assert "Secure" in cookie(own.post("/playground/key/forget", headers=tls))[1]


def test_it_is_forgotten():
    value, flags = cookie(Own().post("/playground/key/forget"))
    assert value == 'darkhorse_key=""'
    assert {"Max-Age=0", "Path=/", "HttpOnly"} <= flags


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("sk-dh-nobodys", "not known here"),
        ("", "not known here"),
        ("a; Path=/; x=", "not known here"),
        ("\ud800é" * 300, "not known here"),
        (MANAGEMENT, "management key"),
    ],
)
def test_a_wrong_key_is_told_and_not_repeated(key, why):
    answer = Own().post("/playground/key", form(key=key.encode("utf-8", "replace")))
    assert answer.status == 422
    assert "set-cookie" not in answer.headers
    assert why in words(answer.text)
    assert not key or key not in answer.text


def test_a_key_is_asked_about_anew_each_time():
    own = Own()
    own.key = KEY
    assert 'id="say"' in own.get("/playground").text
    own.store.kept, own.store.changes = [record(KEY, disabled=True)], 2
    page = own.get("/playground").text
    assert 'id="say"' not in page
    assert "This key is disabled" in page


def test_while_keys_cannot_be_read_nobody_is_let_in():
    own = Own()
    own.key, own.store.fails = KEY, True
    page = own.get("/playground").text
    assert "Keys cannot be read just now" in page
    assert 'id="say"' not in page
    assert "/var/secret" not in page


def test_no_page_has_the_key_in_it():
    own = Own()
    own.key = KEY
    for path in ("/playground", "/activity"):
        answer = own.get(path)
        assert KEY not in answer.text
        assert KEY not in str(answer.headers)
        assert answer.headers["cache-control"] == "no-store"


def test_wrong_keys_of_one_address_are_counted():
    own = Own()
    visitor = (("x-darkhorse-visitor", "abc"), *HERE)
    for _ in range(10):
        assert own.post("/playground/key", form(key="sk-x"), headers=visitor).status == 422
    refused = own.post("/playground/key", form(key="sk-x"), headers=visitor)
    assert refused.status == 429
    assert "Try again in 10 minutes" in words(refused.text)
    elsewhere = (("x-darkhorse-visitor", "def"), *HERE)
    assert own.post("/playground/key", form(key="sk-x"), headers=elsewhere).status == 422
    own.clock.us += 601_000_000
    assert own.post("/playground/key", form(key="sk-x"), headers=visitor).status == 422


def test_wrong_keys_of_somebody_else_keep_no_right_one_out():
    own = Own()
    for _ in range(12):
        own.post("/playground/key", form(key="sk-x"))
    assert own.post("/playground/key", form(key=KEY)).status == 303


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "https://evil.example", "/activity\r\nx: y", "/playground/../x", "/\\e", ""],
)
def test_a_key_leads_back_to_our_own_pages_alone(to):
    answer = Own().post("/playground/key", form(key=KEY, to=to))
    assert answer.headers["location"] == "/playground"


def test_after_a_wrong_key_the_same_models_are_chosen():
    own = Own(live(), live(SOUND))
    to = "/playground?model=stealth/mule&other=stealth/pony-alpha"
    page = own.post("/playground/key", form(key="no", to=to)).text
    assert f'value="{to.replace("&", "&amp;")}"' in page


# --- from where ---

POSTS = ("/playground/key", "/playground/key/forget", "/playground/render", "/playground/artefact")
SAME = ("sec-fetch-site", "same-origin")
ORIGIN = ("origin", f"http://{HOST}")
TAKEN = ((SAME,), (ORIGIN,), (SAME, ORIGIN), (("origin", f"https://{HOST}"),))
REFUSED = (
    (),
    (("origin", "null"),),
    (("origin", "http://evil.example"),),
    (("origin", f"http://{HOST}.evil.example"),),
    (("origin", f"http://{HOST}:81"),),
    (("sec-fetch-site", "cross-site"),),
    (("sec-fetch-site", "same-site"),),
    (("sec-fetch-site", "none"),),
    (SAME, ("origin", "http://evil.example")),
    (("sec-fetch-site", "cross-site"), ORIGIN),
)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("headers", REFUSED)
def test_what_another_site_sends_is_refused(path, headers):
    answer = Own().post(path, form(key=KEY), headers=headers)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", TAKEN)
def test_what_a_page_of_ours_sends_is_taken(headers):
    own = Own()
    assert own.post("/playground/key", form(key=KEY), headers=headers).status == 303
    assert own.post("/playground/render", b"*a*", headers=headers).status == 401
    own.key = KEY
    assert own.post("/playground/render", b"*a*", headers=headers).status == 200


# --- what it renders ---


def test_markdown_comes_back_as_clean_html():
    own = Own()
    own.key = KEY
    answer = own.post("/playground/render", b"**a** <script>1</script> [x](javascript:1)")
    assert answer.text.startswith('<p dir="auto"><strong>a</strong> &lt;script&gt;')
    assert "href" not in answer.text
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/playground/render", "/playground/artefact"])
def test_too_much_of_it_is_refused(path):
    own = Own()
    own.key = KEY
    assert own.post(path, b"x" * 300_000).status == 413


def test_an_artefact_comes_back_as_it_is_in_a_sandbox():
    source = "<script>document.cookie</script>\r\nsource=é".encode()
    answer = Own().post("/playground/artefact", b"source=" + source + b"\r\n")
    assert answer.body == source
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    svg = Own().post("/playground/artefact", b"source=<svg/>\r\n", query="kind=svg")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert svg.headers["content-security-policy"] == answer.headers["content-security-policy"]
    run = Own().post("/playground/artefact", b"source=" + source, query="kind=html&script=run")
    assert run.headers["content-security-policy"].startswith("sandbox allow-scripts;")
    assert "allow-same-origin" not in run.headers["content-security-policy"]


def test_nothing_else_may_be_framed():
    for path in ("/playground", "/activity"):
        answer = Own().get(path)
        assert answer.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


# --- the page ---


def island(page):
    return json.loads(re.search('id="playground-facts">(.*?)</script>', page)[1])


def opened(*launches, **query):
    own = Own(*launches)
    own.key = KEY
    return own.get("/playground", query=urlencode(query)).text


def test_without_a_key_it_says_where_one_comes_from():
    page = Own().get("/playground").text
    assert "darkhorse key create" in page
    assert "What you send here is logged." in page
    assert 'href="/terms"' in page
    assert "<script src" not in page


def test_with_nobody_live_it_says_what_to_do():
    page = opened(over(live()))
    assert "No model is on trial just now" in words(page)
    assert 'id="say"' not in page


def test_only_what_a_listing_takes_is_offered():
    page = opened(live(SOUND), model="stealth/mule")
    assert 'data-number="temperature"' in page
    assert 'min="0.0" max="1.5"' in page
    assert 'data-number="seed"' not in page
    assert "Add images and sounds" in page
    assert "<option>low</option><option>high</option>" in page
    assert "<option>none</option>" not in page
    (side,) = island(page)["sides"]
    assert side["always"] is True
    assert set(side["media"]) == {"image", "audio"}
    plain = opened(live(), model="stealth/pony-alpha")
    assert 'id="tools"' not in plain
    assert 'id="files"' not in plain
    assert 'data-number="seed"' in plain


def test_two_stand_beside_each_other():
    page = opened(live(), live(SOUND), model="mule", other="pony-alpha")
    assert [side["slug"] for side in island(page)["sides"]] == ["stealth/pony-alpha"]
    page = opened(live(), live(SOUND), model="stealth/mule", other="pony-alpha")
    assert [side["slug"] for side in island(page)["sides"]] == [
        "stealth/mule",
        "stealth/pony-alpha",
    ]
    assert "to both" in page
    same = opened(live(), model="pony-alpha", other="stealth/pony-alpha")
    assert len(island(same)["sides"]) == 1


def test_one_that_is_not_live_is_named_and_not_opened():
    page = opened(live(), model="stealth/<b>gone")
    assert "stealth/&lt;b&gt;gone" in page
    assert 'id="say"' not in page


def test_each_discloses_what_it_logs():
    page = words(
        opened(
            live(),
            live(msgspec.structs.replace(SOUND, disclosure="All is kept.")),
            model="pony-alpha",
            other="stealth/mule",
        )
    )
    assert "Mule: All is kept." in page
    assert "Pony Alpha: Every prompt" in page


def test_hostile_words_of_a_launch_stay_words():
    page = opened(live(listing(title=HOSTILE, disclosure=HOSTILE)))
    Outline(page)
    assert "<script>alert" not in page
    assert island(page)["sides"][0]["title"] == HOSTILE


@pytest.mark.parametrize("key", [None, OTHER])
def test_every_page_is_whole(key):
    own = Own(live(), live(SOUND))
    own.key = key
    for path in ("/playground", "/activity"):
        outline = Outline(own.get(path).text)
        assert outline.headings[0][0] == 1
        assert "style" not in outline.tags
