"""Patterns as machines: one way for every character, an end, and what they write matches."""

import random
import re

import pytest
from gbnf_kit import Grammar
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.upstream.emulation.gbnf import grammar_of
from darkhorse.upstream.emulation.machines import machine_of
from darkhorse.upstream.emulation.shape import Text

MANY_WAYS = [
    "^" + "a*" * 40 + "b$",
    "^((((a|aa)*|a)*|a)|(a|b|a|b)*)*$",
    "^(([a-z]*)|([a-z]*)|([a-z]*)){0,24}$",
    "^(" + "|".join(["a*b*"] * 60) + ")*$",
    "^" + "(a?" * 14 + ")" * 14 + "$",
    "^(a|a|ab|abc|a*)+c?c?c?$",
]
ORDINARY = [
    r"^\d{4}-\d{2}-\d{2}$",
    r"^\S+@\S+\.\S+$",
    r"^[A-Z][a-z]*( [A-Z][a-z]*)*$",
    r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$",
    r"^(https?://)?[\w.-]+(\.[\w.-]+)+(/[\w./-]*)?$",
    r"^#?([a-fA-F0-9]{6}|[a-fA-F0-9]{3})$",
    r"^\+?[0-9]{1,4}$",
    r"^.{1,500}$",
    r"^(foo|bar)+$",
    r'^["\\]?x*$',
    r"é[äöü]?-?\]",
]


def written(pattern, count=20):
    text = grammar_of(Text(pattern=pattern))
    grammar, chance = Grammar(text), random.Random(1)
    return [grammar.write(chance) for _ in range(count)]


@pytest.mark.parametrize("pattern", [*MANY_WAYS, *ORDINARY])
def test_there_is_one_way_for_every_character_and_all_lead_on(pattern):
    machine = machine_of(pattern)
    assert machine is not None
    for at, state in enumerate(machine.states):
        chars = [char for among, _ in state.ways for char in among]
        assert len(chars) == len(set(chars))
        assert state.ways or state.is_end
        assert all(0 < to < len(machine.states) and to != at for _, to in state.ways)


@pytest.mark.parametrize("pattern", [*MANY_WAYS, *ORDINARY])
def test_what_it_writes_matches_and_ends(pattern):
    for value in written(pattern):
        assert len(value) < 1100
        text = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        assert re.search(pattern, text, re.ASCII), text


def longest(machine):
    """Characters of the longest string; fails where there is a loop."""
    lengths = {}

    def length(at, inside=()):
        assert at not in inside
        if at not in lengths:
            ways = machine.states[at].ways
            lengths[at] = max((1 + length(to, (*inside, at)) for _, to in ways), default=0)
        return lengths[at]

    return length(0)


@pytest.mark.parametrize("pattern", ["a*", "(ab)*c", r"^\S+@\S+$", "^(a|b)*abb$"])
def test_nothing_repeats_without_end(pattern):
    assert 24 <= longest(machine_of(pattern)) <= 200


@pytest.mark.parametrize(
    "pattern",
    [
        "^" + "a?" * 200 + "b$",
        "(a|b)*a(a|b){12}",
        "^.{0,100}@.{0,100}$",
        "((a{0,30}){0,30})",
        "a{1000}" * 3,
        "|".join(["[a-z]{10}"] * 180),
        "x" * 2001,
        "(" * 40 + "a" + ")" * 40,
    ],
)
def test_what_would_be_too_large_is_a_plain_string(pattern):
    assert machine_of(pattern) is None
    assert grammar_of(Text(pattern=pattern)) == grammar_of(Text())


PIECES = st.sampled_from(["a", "b", "[ab]", "[^a]", "c?", r"\d", "."])
PATTERNS = st.recursive(
    PIECES,
    lambda inner: (
        st.tuples(inner, inner).map("".join)
        | st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})")
        | st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        )
    ),
    max_leaves=8,
)


@given(PATTERNS)
def test_any_pattern_of_these_parts_matches_what_is_written(pattern):
    if machine_of(pattern) is None:
        return
    for value in written(pattern, 5):
        assert re.fullmatch(pattern, value[1:-1]), value


@given(PATTERNS, st.text("ab1c", max_size=6))
def test_a_short_text_that_matches_can_be_written(pattern, text):
    machine = machine_of(pattern)
    if machine is None:
        return
    at = 0
    for char in text:
        to = [to for among, to in machine.states[at].ways if char in among]
        if not to:
            assert not re.fullmatch(pattern, text)
            return
        at = to[0]
    assert machine.states[at].is_end == bool(re.fullmatch(pattern, text))
