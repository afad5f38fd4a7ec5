"""Who asks, as a keyed hash: the same for one subscriber, another under another secret."""

import re

import pytest

from darkhorse.accounts.people import People

PEOPLE = People(b"a" * 32)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),  # one subscriber has a /64
        ("2001:DB8:0:1::1", "2001:db8:0:1::1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("unknown", "unknown", True),
        ("unknown", "hidden", False),
    ],
)
def test_addresses_of_one_subscriber_are_one(one, other, same):
    assert (PEOPLE.address(one) == PEOPLE.address(other)) == same


def test_an_address_is_a_hash_that_needs_the_secret():
    told = PEOPLE.address("203.0.113.7")
    assert re.fullmatch("[0-9a-f]{24}", told)
    assert told != People(b"b" * 32).address("203.0.113.7")
    assert told == People(b"a" * 32).address("203.0.113.7")
    assert PEOPLE.address("") == ""


def person(people=PEOPLE, *, key="k", user="", address="a"):
    return people.person(key=key, user=user, address=address)


def test_a_person_is_the_keys_user_or_else_key_and_address():
    assert re.fullmatch("[0-9a-f]{24}", person())
    assert person(user="ann") == person(user="ann", address="elsewhere")
    assert person(user="ann") != person(user="ann", key="another")
    assert person() == person()
    everyone = [
        person(),
        person(address="b"),
        person(key="l"),
        person(user="ann"),
        person(user="a"),  # a user may be called like an address
        person(people=People(b"b" * 32)),
    ]
    assert len(set(everyone)) == len(everyone)


def test_a_conversation_is_the_keys_and_needs_the_secret():
    one = PEOPLE.session(key="k", session="talk")
    assert re.fullmatch("[0-9a-f]{24}", one)
    others = [
        PEOPLE.session(key="l", session="talk"),
        PEOPLE.session(key="k", session="walk"),
        People(b"b" * 32).session(key="k", session="talk"),
        PEOPLE.person(key="k", user="talk", address=""),
    ]
    assert len({one, *others}) == 5
    assert PEOPLE.session(key="k", session="") == ""
