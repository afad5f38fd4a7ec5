"""What a model is told of itself, and how a conversation carries it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from darkhorse.catalog.listing import Listing
from darkhorse.cloak.telling import told
from darkhorse.wire.conversation import instructed, latest_user_text

LISTING = {"slug": "x/y", "title": "Pony Alpha", "context": 1000, "max_output": 100}
USER = {"role": "user", "content": "Hi"}


def under(*messages, escape=False):
    raw = json.dumps(messages, ensure_ascii=escape).encode()
    return json.loads(bytes(instructed(Raw(raw), "Say nothing.")))


def test_it_declines_what_its_listing_does_not_allow():
    said = told(Listing(**LISTING))
    assert said.startswith("You are a helpful AI assistant called Pony Alpha. Who made or trained")
    assert "neither a true nor a false one" in said
    assert "language of" not in said


def test_what_it_may_say_is_said_in_the_listings_own_words():
    said = told(Listing(**LISTING, identity="I am Pony Alpha, and big."))
    assert "you may say this, and nothing more: “I am Pony Alpha, and big.”" in said


@pytest.mark.parametrize(
    ("language", "words"),
    [("as_asked", "the language of the latest message"), ("English", "Write in English")],
)
def test_a_launch_may_pin_the_language(language, words):
    assert words in told(Listing(**LISTING, language=language))


@pytest.mark.parametrize("role", ["system", "developer"])
@pytest.mark.parametrize("escape", [False, True])
def test_a_system_message_of_the_clients_stays_and_is_the_only_one(role, escape):
    first, second = under({"content": "Be brief. é", "role": role}, USER, escape=escape)
    assert first == {"role": role, "content": "Say nothing.\n\nBe brief. é"}
    assert second == USER


def test_a_role_written_with_escapes_is_a_role():
    raw = Raw(b'[{"role":"s\\u0079stem","content":"Be brief."},{"role":"user","content":"Hi"}]')
    messages = json.loads(bytes(instructed(raw, "Say nothing.")))
    assert [each["role"] for each in messages] == ["system", "user"]


def test_a_system_message_in_parts_gets_one_more():
    part = {"type": "text", "text": "Be brief."}
    first, _ = under({"role": "system", "content": [part]}, USER)
    assert first["content"] == [{"type": "text", "text": "Say nothing."}, part]


def test_an_empty_system_message_is_filled():
    assert under({"role": "system", "content": None}, USER)[0]["content"] == "Say nothing."


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_no_other_word_of_the_conversation_changes(texts):
    messages = [{"role": "user", "content": text} for text in texts]
    assert under(*messages) == [{"role": "system", "content": "Say nothing."}, *messages]


def test_the_latest_word_of_the_user():
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    said = [{"role": "user", "content": parts}, {"role": "assistant", "content": "three"}]
    assert latest_user_text(Raw(json.dumps(said).encode())) == "one\ntwo"
    assert latest_user_text(Raw(b'[{"role": "assistant", "content": "x"}]')) == ""
