"""What was asked, for whoever reads the answer: the latest message, or what else asks."""

import json

import pytest
from msgspec import Raw

from darkhorse.cloak.words.frames.asking import asks_who
from darkhorse.router.asked import asked_text

WHO, OTHER = "Who made you?", "What is two and two?"
OUTRIGHT = 300  # characters of a question that reads as little else (cloak/words/verdict.py)


def asked(*turns):
    said = [{"role": role, "content": content} for role, content in turns]
    return asked_text(Raw(json.dumps(said).encode()))


@pytest.mark.parametrize("rules", ["You are Bob.", "Your name is Bob. " * 60])
def test_a_question_alone_is_all_there_is(rules):
    turns = (("system", rules), ("user", WHO), ("assistant", "Bob."), ("user", WHO))
    assert asked(*turns) == WHO
    assert asked(("system", "Be brief."), ("user", OTHER), ("user", OTHER)) == OTHER
    assert asked(("assistant", "Hello")) == ""


@pytest.mark.parametrize(
    "turns",
    [
        (("user", WHO), ("user", "Go.")),
        (("user", WHO), ("user", "Wait."), ("user", "Go.")),
        (("user", "Do it."), ("tool", WHO)),
        (("user", "x " * 300), ("tool", WHO), ("assistant", "It is")),
    ],
)
def test_what_the_user_or_a_tool_said_just_before_is_as_good(turns):
    text = asked(*turns)
    assert asks_who(text)
    assert text.endswith([said for role, said in turns if role == "user"][-1][-400:])


@pytest.mark.parametrize(
    "turns",
    [
        (("user", WHO), ("assistant", "Wait."), ("user", "Go.")),
        (("user", WHO), ("assistant", "a"), ("user", "b"), ("assistant", "c"), ("user", "Go.")),
        (("system", "Answer who made you and what you are, always."), ("user", "Go.")),
        (("system", "Say the name of your maker."), ("user", "x " * 300)),
    ],
)
def test_what_was_asked_earlier_or_for_good_is_known_and_no_short_question(turns):
    """Under a persona, not every name in a short talk tells who speaks."""
    text = asked(*turns)
    assert asks_who(text)
    assert len(text) > OUTRIGHT


def test_what_is_long_ago_is_over():
    turns = (("user", WHO), ("assistant", "a"))
    assert asked(*turns, ("user", "b"), ("user", "c"), ("user", "d")) == "d"
    assert asked(*turns, ("user", "x" * 201)) == "x" * 201
    assert asked(("user", "b"), ("tool", WHO), ("assistant", "a"), ("user", "c")) == "c"


def test_an_asking_end_of_a_long_result_is_found_among_others():
    results = [("tool", "x" * 6000 + f". {WHO}"), ("tool", "y" * 6000)]
    assert asks_who(asked(("user", "z" * 900), *results))
