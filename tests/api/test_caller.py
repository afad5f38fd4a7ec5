"""Who calls: the address that no client can choose, and no more of its own words than we keep."""

import pytest

from darkhorse.accounts.people import People
from darkhorse.api.caller import Callers
from darkhorse.base.errors import ConfigError
from darkhorse.storage.ports import KeyRecord

KEY = KeyRecord(hash="f" * 64, kind="developer", label="", created_us=0)
PEOPLE = People(b"a" * 32)
PROXY, CLIENT = "10.0.0.1", "203.0.113.7"


def caller(peer=CLIENT, proxies=(), user="", **headers):
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"client": (peer, 5000) if peer else None, "headers": pairs}
    return Callers(PEOPLE, proxies).caller(scope, KEY, user)


@pytest.mark.parametrize(
    ("peer", "hops", "address"),
    [
        (CLIENT, "", CLIENT),
        (CLIENT, "198.51.100.1", CLIENT),  # comes by itself, and may say what it likes
        (PROXY, "", PROXY),
        (PROXY, CLIENT, CLIENT),
        (PROXY, f"198.51.100.1, {CLIENT}", CLIENT),  # what stands left of it is hearsay
        (PROXY, f"198.51.100.1,{CLIENT} , 10.9.9.9, 192.0.2.1", CLIENT),
        (PROXY, "10.9.9.9, 192.0.2.1", "10.9.9.9"),  # all of them ours: the farthest
        (PROXY, f"{CLIENT}, ", PROXY),
        (PROXY, f"{CLIENT}, unknown", PROXY),
        (PROXY, f"unknown, {CLIENT}", CLIENT),
        (PROXY, f"{CLIENT}:5000", CLIENT),
        (PROXY, f"::ffff:{CLIENT}", CLIENT),
        (f"::ffff:{PROXY}", CLIENT, CLIENT),
        (PROXY, "[2001:db8::1]:443", "2001:db8::1"),
        ("", CLIENT, ""),  # a unix socket
    ],
)
def test_the_address_is_the_nearest_that_is_no_proxy_of_ours(peer, hops, address):
    headers = {"x_forwarded_for": hops} if hops else {}
    found = caller(peer, ["10.0.0.0/8", "192.0.2.1"], **headers)
    assert found.address == PEOPLE.address(address)


def test_a_line_that_a_proxy_adds_below_the_clients_own_counts():
    lines = [(b"x-forwarded-for", each.encode()) for each in ("198.51.100.1", CLIENT)]
    scope = {"client": (PROXY, 5000), "headers": lines}
    found = Callers(PEOPLE, [PROXY]).caller(scope, KEY, "")
    assert found.address == PEOPLE.address(CLIENT)


def test_without_proxies_nobody_is_believed():
    assert caller(PROXY, x_forwarded_for=CLIENT).address == PEOPLE.address(PROXY)


def test_a_person_is_of_key_user_and_address():
    address = PEOPLE.address(CLIENT)
    by_place = PEOPLE.person(key=KEY.hash, user="", address=address)
    by_user = PEOPLE.person(key=KEY.hash, user="ann", address=address)
    assert caller().person == by_place
    assert caller(user="ann").person == by_user


def test_what_a_client_says_of_itself_is_kept_as_far_as_it_is_short():
    long = "x" * 600
    said = caller(http_referer=long, x_openrouter_title=long, user_agent=long)
    assert (said.app_url, said.app_title, said.user_agent) == (long[:512],) * 3
    said = caller(referer="https://a.example", x_title="A")
    assert (said.app_url, said.app_title, said.user_agent) == ("https://a.example", "A", "")
    said = caller(http_referer="own", referer="other", x_openrouter_title="own", x_title="other")
    assert (said.app_url, said.app_title) == ("own", "own")
    assert said.key is KEY


def test_a_proxy_that_is_no_address_is_one_sentence():
    with pytest.raises(ConfigError, match=r"^server\.trusted_proxies: `east` is neither"):
        Callers(PEOPLE, ["10.0.0.0/8", "east"])
    Callers(PEOPLE, ["10.1.2.3/8"])  # bits beyond the network are no mistake


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Ünïcödé App 🐎".encode(), "Ünïcödé App 🐎"),
        ("Ärzte".encode("latin-1"), "Ärzte"),
        (b"\xff\xc3\x9c", "ÿÃ\x9c"),  # neither: nothing is lost
        (("ü" * 600).encode(), "ü" * 512),
    ],
)
def test_a_title_is_read_as_clients_write_it(sent, kept):
    scope = {"client": (CLIENT, 5000), "headers": [(b"x-title", sent), (b"user-agent", sent)]}
    said = Callers(PEOPLE, []).caller(scope, KEY, "")
    assert (said.app_title, said.user_agent) == (kept, kept)
