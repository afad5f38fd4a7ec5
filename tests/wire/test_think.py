"""Thoughts in an engine's text, told apart wherever it is cut."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.wire.chunks import Chunk, NativeUsage, ToolDelta
from darkhorse.wire.think import ThinkSplitter, split

PIECES = st.sampled_from(
    [
        *("<think>", "</think>", "<thinking>", "</thinking>", "<reasoning>", "</reasoning>"),
        *("<", "/", "thi", "nk>", " ", "\n", "a", "é", "<b>", "</", "<<think>"),
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def pieces_of(text: str, cuts: list[int]) -> list[str]:
    places = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(places)]


def fed(chunks: list[Chunk], *, is_open: bool = False) -> list[Chunk]:
    splitter = ThinkSplitter(is_open=is_open)
    return [*(out for chunk in chunks for out in splitter.feed([chunk])), *splitter.close()]


def joined(chunks: list[Chunk]) -> tuple[str, str]:
    return "".join(c.reasoning for c in chunks), "".join(c.text for c in chunks)


@pytest.mark.parametrize(
    ("text", "reasoning", "answer"),
    [
        ("hello", "", "hello"),
        ("", "", ""),
        ("<think>why</think>because", "why", "because"),
        (
            " \n<think>\nwhy\n</think>\n\nbecause <think>x</think>",
            "why\n",
            "because <think>x</think>",
        ),
        ("<thinking>a</think>b</thinking>c", "a</think>b", "c"),
        ("<reasoning>a</reasoning>", "a", ""),
        ("<think></think>yes", "", "yes"),
        ("<think>for ever", "for ever", ""),
        ("<think>for ever</thi", "for ever</thi", ""),
        ("<thin", "", "<thin"),
        ("<THINK>a</THINK>", "", "<THINK>a</THINK>"),
        ("print('<think>')", "", "print('<think>')"),
        ("a</think>b", "", "a</think>b"),
    ],
)
def test_only_what_an_answer_begins_with_is_thought(text, reasoning, answer):
    assert split(text) == (reasoning, answer)


@pytest.mark.parametrize(
    ("text", "reasoning", "answer"),
    [
        ("why</think>\nbecause", "why", "because"),
        ("</think>because", "", "because"),
        ("<think>why</think>because", "why", "because"),
        ("for ever", "for ever", ""),
        ("why</thinking>because", "why", "because"),
        ("<th", "<th", ""),
    ],
)
def test_where_the_template_opens_the_tag_all_up_to_its_end_is_thought(text, reasoning, answer):
    assert split(text, is_open=True) == (reasoning, answer)


@given(TEXTS, st.lists(st.integers(0, 200), max_size=12), st.booleans())
def test_where_it_is_cut_makes_no_difference(text, cuts, is_open):
    chunks = [Chunk(text=piece) for piece in pieces_of(text, cuts)]
    assert joined(fed(chunks, is_open=is_open)) == split(text, is_open=is_open)


TAGGED = re.compile(r"\s*<(think|thinking|reasoning)>\s*(.*?)(?:</\1>\s*(.*))?\Z", re.DOTALL)
OPENED = re.compile(r"(.*?)(?:</(?:think|thinking|reasoning)>\s*(.*))?\Z", re.DOTALL)


@given(TEXTS, st.booleans())
def test_nothing_is_lost_but_the_tags_and_the_blanks_inside_and_behind_them(text, is_open):
    if tagged := TAGGED.match(text):
        expected = tagged[2], tagged[3] or ""
    elif is_open and text.strip():
        opened = OPENED.match(text)
        expected = opened[1], opened[2] or ""
    else:
        expected = "", text
    assert split(text, is_open=is_open) == expected


@given(TEXTS, st.lists(st.integers(0, 200), max_size=6), st.integers(0, 7), st.booleans())
def test_what_comes_with_the_text_comes_through_in_its_place(text, cuts, at, is_open):
    """Calls, counts and the finish; with calls, what was held back becomes text or thought."""
    pieces = pieces_of(text, cuts)
    at = min(at, len(pieces) - 1)
    call = ToolDelta(0, "1", "f", "{}")
    chunks = [
        Chunk(text=piece, tools=(call,) if number == at else ())
        for number, piece in enumerate(pieces)
    ]
    last = Chunk(finish="stop", native_finish="eos", usage=NativeUsage(1, 2))
    out = fed([*chunks, last], is_open=is_open)
    assert [tool for chunk in out for tool in chunk.tools] == [call]
    assert [(c.finish, c.native_finish, c.usage) for c in out if c.finish] == [
        ("stop", "eos", NativeUsage(1, 2))
    ]
    assert out[-1].finish


def test_what_was_held_back_comes_with_the_finish():
    out = fed([Chunk(text="<thi"), Chunk(finish="length")])
    assert out == [Chunk(text="<thi", finish="length")]


def test_a_whole_answer_is_split_in_one():
    (out,) = fed([Chunk(text="<think>a</think>b", finish="stop")])
    assert out == Chunk(text="b", reasoning="a", finish="stop")


@pytest.mark.parametrize("is_open", [False, True])
def test_an_engine_that_tells_them_apart_itself_is_left_alone(is_open):
    chunks = [
        Chunk(text="\n"),
        Chunk(reasoning="hm"),
        Chunk(text="<think>is a tag</think>", finish="stop"),
    ]
    assert joined(fed(chunks, is_open=is_open)) == ("hm", "\n<think>is a tag</think>")


def test_once_the_answer_has_begun_chunks_are_handed_on_as_they_are():
    splitter = ThinkSplitter()
    splitter.feed([Chunk(text="<think>a</think>b")])
    chunk = Chunk(text="<think>c</think>")
    assert splitter.is_through
    assert splitter.feed([chunk])[0] is chunk


@pytest.mark.parametrize("is_open", [False, True])
def test_blanks_without_end_cost_no_more_the_more_there_are(is_open):
    """200,000 of them, looked through again with each, would take minutes."""
    blanks = [Chunk(text="\n")] * 200_000
    told = ("\n" * 200_000, "") if is_open else ("", "\n" * 200_000)
    assert joined(fed(blanks, is_open=is_open)) == told
    assert joined(fed([*blanks, Chunk(text="<b>")])) == ("", "\n" * 200_000 + "<b>")


@pytest.mark.parametrize("before", ["", "<think>", "<think>a</think>"])
@pytest.mark.parametrize("is_open", [False, True])
def test_blanks_without_end_go_on_so_that_a_limit_can_end_them(before, is_open):
    splitter = ThinkSplitter(is_open=is_open)
    splitter.feed([Chunk(text=before)])
    passed = [chunk for _ in range(64) for chunk in splitter.feed([Chunk(text=" " * 64)])]
    assert sum(len(chunk.text + chunk.reasoning) for chunk in passed) >= 64 * 64 - 640 - 64


@pytest.mark.parametrize("is_open", [False, True])
def test_what_goes_of_an_answer_is_less_than_an_engines_limit_has_room_for(is_open):
    """Each blank can be a token: router/admit.py has room for 2,048 that nobody sees."""
    blanks = " " * 5000
    text = f"{blanks[:640]}<think>{blanks}a</think>{blanks}b"
    told = "".join(joined(fed([Chunk(text=text)], is_open=is_open)))
    assert len(text) - len(told) <= 2048


@pytest.mark.parametrize("size", [1, 639, 640])
def test_as_many_blanks_as_any_template_writes_still_go(size):
    blanks = " " * size
    text = f"{blanks}<think>{blanks}a</think>{blanks}b"
    assert joined(fed([Chunk(text=text)])) == ("a", "b")
    assert joined(fed([Chunk(text=char) for char in text])) == ("a", "b")
