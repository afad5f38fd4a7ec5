"""Parts that alternate and calls that interleave tell neither a name nor where an engine cuts."""

import itertools
import json

import pytest

from darkhorse.catalog.makers import Maker
from darkhorse.cloak.stream import Cloak
from darkhorse.cloak.words.watch import Watch
from darkhorse.wire.chunks import Chunk, ToolDelta

WATCH = Watch.over(Maker("Zhipu AI", ("Zhipu",), ("GLM-5",)))
SAID = '{"note": "I am GLM-5, and I was made by Zhipu AI."}'


def cloak_of(**more):
    numbers = itertools.count()
    usual = {"prompt_tokens": 0, "limit": 1000, "call_id": lambda: f"c{next(numbers)}", "piece": 8}
    return Cloak(**{**usual, "watch": WATCH, **more})


def played(cloak, *chunks):
    public = [chunk for each in chunks for chunk in cloak.feed([each])]
    return [*public, *cloak.close()]


def call(index, name="", arguments=""):
    return Chunk(tools=(ToolDelta(index, f"x{index}" if name else "", name, arguments),))


def text_of(public):
    return "".join(chunk.text for chunk in public)


def test_a_text_taken_up_again_knows_what_stood_before():
    said = (Chunk(text="I was trained by "), call(0, "look", "{}"), Chunk(text="Zhipu AI."))
    assert "Zhipu" not in text_of(played(cloak_of(), *said))


def test_an_answer_knows_the_words_that_it_goes_on_from():
    cloak = cloak_of(begun=lambda: "And so I was created by")
    assert "Zhipu" not in text_of(played(cloak, Chunk(text=" Zhipu AI, of course.")))


@pytest.mark.parametrize("half", ["G", "GL", "GLM", "GLM-"])
@pytest.mark.parametrize("size", [1, 2, 40])
def test_half_a_name_may_stand_in_front(half, size):
    rest = "GLM-5, made by Zhipu AI."[len(half) :]
    pieces = [Chunk(text=rest[at : at + size]) for at in range(0, len(rest), size)]
    told = text_of(played(cloak_of(begun=lambda: f"I am {half}"), *pieces))
    assert told == "[a model I may not name], made by [a developer I may not name]."


@pytest.mark.parametrize("front", ["One, two,", "I am Gl", "I am ", "I", ""])
@pytest.mark.parametrize("size", [1, 40])
def test_words_in_front_are_not_said_again(front, size):
    rest = "ad to help you."
    pieces = [Chunk(text=rest[at : at + size]) for at in range(0, len(rest), size)]
    assert text_of(played(cloak_of(begun=lambda: front), *pieces)) == rest


@pytest.mark.parametrize("size", [1, 3, 7, 50])
def test_calls_whose_pieces_interleave_come_one_after_the_other(size):
    pieces = [SAID[at : at + size] for at in range(0, len(SAID), size)]
    mixed = [call(0, "look"), call(1, "move")]
    mixed += [call(index, arguments=piece) for piece in pieces for index in (0, 1)]
    cloak = cloak_of()
    shown = [delta for chunk in played(cloak, *mixed) for delta in chunk.tools]
    assert [delta.index for delta in shown] == sorted(delta.index for delta in shown)
    for made in cloak.calls:
        assert json.loads(made.arguments)["note"].startswith("I am [")
        assert "Zhipu" not in made.arguments
    in_turn = played(cloak_of(), call(0, "look", SAID), call(1, "move", SAID))
    assert shown == [delta for chunk in in_turn for delta in chunk.tools]


@pytest.mark.parametrize("stop", ["u", "pu", "M", "Zhipu", "GLM"])
def test_a_stop_does_not_spell_a_name(stop):
    cloak = cloak_of(stops=(stop,), piece=0)
    told = text_of(played(cloak, Chunk(text="I am GLM-5, trained by Zhipu AI.")))
    covered = text_of(played(cloak_of(piece=0), Chunk(text="I am GLM-5, trained by Zhipu AI.")))
    assert covered.startswith(told)
    assert told == covered[: covered.find(stop)] if stop in covered else told == covered


def test_a_call_whose_made_up_name_tells_is_left_out():
    cloak = cloak_of(offered=lambda: frozenset({"ask_openai"}))
    names = ("i_am_GLM_5", "look", "ask_openai", "made_by_zhipu_ai")
    public = played(cloak, *(call(at, name, '{"a": 1}') for at, name in enumerate(names)))
    made = [(each.name, each.arguments) for each in cloak.calls]
    assert made == [("look", '{"a": 1}'), ("ask_openai", '{"a": 1}')]
    assert "GLM" not in "".join(delta.name for chunk in public for delta in chunk.tools)


def test_behind_the_one_call_nothing_more_is_read():
    cloak = cloak_of(one_call=True)
    played(cloak, call(0, "look", "{}"), call(1, "move", "x" * 5000))
    assert cloak.is_over
    assert [each.name for each in cloak.calls] == ["look"]
