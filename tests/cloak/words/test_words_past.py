"""What stands in front of a name, however much of it is not to be seen, and what it costs."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloak.words.words_kit import LABS, PLAIN, filtered, pieces_of, shown
from darkhorse.cloak.words.fold import folded, squeezed
from darkhorse.cloak.words.watch import Watch

NOTHING = ["\u200b" * 700 + " ", " " * 700, " " + "**" * 700, "\t" * 3_000, " \u00ad" * 2_000]
read = st.text(alphabet="a\u00e9 \n\t\u00a0\u200b*_`\u2060", max_size=40)


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize("step", [1, 7, 640, 10_000])
def test_what_is_not_to_be_seen_parts_no_sentence(nothing, step):
    text = f"Well. I am{nothing}GLM-5."
    told, _ = filtered(pieces_of(text, range(0, len(text), step)))
    assert told == f"Well. I am{nothing}[model withheld]."


@given(read, read)
def test_squeezing_in_two_is_squeezing_at_once(one, other):
    assert squeezed(squeezed(one) + other) == squeezed(one + other)
    assert folded(squeezed(one)) == folded(one)


@settings(max_examples=60, deadline=None)
@given(st.integers(600, 1_400), st.lists(st.integers(0, 3_000), max_size=8), read)
def test_the_past_is_the_same_in_any_pieces(size, cuts, hidden):
    text = "y " * (size // 2) + "GLM" + hidden * 30 + " I am GLM" + "** *" * size + "GLM me."
    assert filtered(pieces_of(text, cuts), asked="who")[0] == shown(text, asked="who")


def many_names(seed, size):
    chance = random.Random(seed)
    words = ["GLM", "you", "me", "Zhipu", "was", "or", "x.", "and", "seven"]
    return " ".join(chance.choice(words) for _ in range(size))


class Counting:
    """Judges as the kit does, and counts how often."""

    def __init__(self):
        self.calls = 0

    def __call__(self, *between, ended):
        self.calls += 1
        return PLAIN.judge(*between, ended=ended)


def test_a_text_of_many_names_is_judged_once_each_at_most():
    judge = Counting()
    text = many_names(7, 4_000)
    names = text.count("GLM") + text.count("Zhipu")
    watch = Watch(LABS, PLAIN._replace(judge=judge))
    told = filtered(pieces_of(text, range(0, len(text), 4)), watch=watch)[0]
    assert len(told) >= len(text)
    assert judge.calls < names + 100 * (len(text) / 2_000 + 1)
    assert told == filtered([text], watch=watch)[0]


def test_the_same_over_and_over_is_judged_once():
    judge = Counting()
    filtered(["you GLM me " * 2_000], watch=Watch(LABS, PLAIN._replace(judge=judge)))
    assert judge.calls < 600


def test_behind_many_names_one_that_tells_is_replaced():
    text = "GLM or " * 600 + ". I am GLM. " + "GLM or " * 20 + "OpenAI made me."
    told = shown(text)
    assert told.count("withheld") >= 2
    assert told.endswith("[maker withheld] made me.")
