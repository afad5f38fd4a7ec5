"""What an answer is read by: the user's latest words, those around, and what it goes on from."""

import json

import pytest
from msgspec import Raw

from darkhorse.wire.conversation import begun_text, latest_user_text, surroundings
from darkhorse.wire.request import GenerationRequest


def raw(*turns):
    said = [{"role": role, "content": content} for role, content in turns]
    return Raw(json.dumps(said).encode())


def test_the_latest_of_several():
    turns = (("user", "Hello."), ("assistant", "Yes?"), ("user", "Who are you?"), ("tool", "{}"))
    assert latest_user_text(raw(*turns)) == "Who are you?"


def test_what_stands_around_it():
    around = surroundings(
        raw(
            ("system", "s" * 700 + "end"),
            ("user", "far"),
            ("user", "before"),
            ("assistant", "Yes?"),
            ("tool", "old"),
            ("assistant", None),
            ("user", [{"type": "text", "text": "be"}, {"type": "text", "text": "side"}]),
            ("user", "latest"),
            ("assistant", ""),
            ("tool", "a" * 1000 + "b" * 1000 + "c" * 2000),
            ("function", "small"),
            ("assistant", "I am"),
        )
    )
    assert around.beside == ("be\nside", "old", "a" * 1000 + "b" * 1000 + "c" * 2000, "small")
    assert around.before == ("before",)
    assert around.rules == "s" * 597 + "end"
    long = surroundings(raw(("user", "x" * 400), ("user", "y"), ("tool", "a" * 1001 + "b" * 4000)))
    assert long.beside == ("x" * 300, "a" * 1000 + "\n" + "b" * 3000)


def test_a_single_message_has_nothing_around_it():
    around = surroundings(raw(("user", "hi")))
    assert (around.beside, around.before, around.rules) == ((), (), "")
    assert surroundings(Raw(b"[]")).beside == ()


PARTS = [{"type": "text", "text": "I am "}, {"type": "text", "text": "G"}]


@pytest.mark.parametrize(
    ("kind", "turns", "begun"),
    [
        ("chat", (("user", "I am"),), ""),
        ("chat", (("user", "hi"), ("assistant", "I am G")), "I am G"),
        ("chat", (("user", "hi"), ("assistant", PARTS)), "I am G"),
        ("chat", (("user", "hi"), ("assistant", "x" * 700 + "G")), "x" * 639 + "G"),
        ("chat", (("assistant", "I am G"), ("user", "hi")), ""),
        ("text", (("user", "I was created by"),), "I was created by"),
        ("text", (("user", "a" * 9 + "b" * 640),), "b" * 640),
        ("embedding", (("user", "I was created by"),), ""),
    ],
)
def test_what_an_answer_goes_on_from(kind, turns, begun):
    request = GenerationRequest(
        dialect="chat",
        kind=kind,
        model="x/y",
        stream=False,
        body=b"",
        messages=raw(*turns),
        message_count=len(turns),
        text_bytes=(),
    )
    assert begun_text(request) == begun
