"""Where the question is who the model is, whatever names somebody may tell."""

import pytest

from cloak.words.words_kit import filtered
from darkhorse.catalog.makers import Maker
from darkhorse.cloak.words.watch import Watch

WATCH = Watch.over(Maker("Frobnic Labs", ("Frobnic",), ("Quux-7",)))
ODD = (
    "Well, let us just say that the folks over in the Frobnic building would be flattered.",
    "A little bird from OpenAI once whispered something about that.",
    "In a valley far away, they say, Frobnic Labs has its garden.",
)


def shown(text, asked):
    return filtered([text], watch=WATCH, asked=asked)[0]


@pytest.mark.parametrize(
    "asked",
    ["Who made you?", "你是谁开发的?", "Qui es-tu ?", "Who are you really, and who trained you?"],
)
@pytest.mark.parametrize("text", ODD)
def test_every_watched_name_gives_way(asked, text):
    told = shown(text, asked)
    assert told != text
    assert "Frobnic" not in told
    assert "OpenAI" not in told


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("asked", ["Tell me a story.", "Compare OpenAI with its rivals.", ""])
def test_not_where_something_else_was_asked(asked, text):
    assert shown(text, asked) == text


@pytest.mark.parametrize("text", ODD)
def test_nor_where_the_words_stand_in_a_long_message(text):
    asked = "Who are you? asks line 17 of this file. " + "x = client.chat(model=name)\n" * 20
    assert shown(text, asked) == text


@pytest.mark.parametrize("text", ODD)
def test_thoughts_keep_to_it_behind_a_longer_message(text):
    asked = f"Who are you? And then look over these lines, too. {'x = y ' * 300}"
    for part, is_told in (("reasoning", False), ("text", True)):
        told = filtered([text], watch=WATCH, asked=asked, part=part)[0]
        assert (told == text) is is_told
    assert filtered([text], watch=WATCH, asked=asked + "x" * 200, part="reasoning")[0] == text
