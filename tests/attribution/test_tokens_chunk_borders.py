"""Where a stream's pieces are tokens, an echo shows whose; where they are not, nothing is said."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from attribution.tokens_kit import CLAUDE, DEEPSEEK, asked, best, families, kin, nats, streamed
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.signals.chunk_borders import ChunkBorders

SIGNAL = ChunkBorders()


def weighed(seen):
    return SIGNAL.weigh(seen, Library())


def recut(seen, size):
    """The same text in pieces of so many characters."""
    marks = [*range(0, len(seen.text), size), len(seen.text)]
    return structs.replace(seen, pieces=tuple(seen.text[a:b] for a, b in pairwise(marks)))


@pytest.mark.parametrize(
    ("family", "together"),
    [*((each, 1) for each in families()), *((each, 3) for each in families()[::5])],
)
def test_each_vocabulary_is_told_and_never_vetoed(family, together):
    seen = [streamed(probe, family, together=together) for probe in asked(SIGNAL)]
    evidence = weighed(seen)
    told = nats(evidence)
    assert told.nats[family] > told.other
    assert told.nats[family] >= max(told.nats.values()) - 1e-9
    assert best(evidence) in kin(family)
    assert ("family", family) not in evidence.vetoed


def test_others_are_vetoed_and_the_fit_is_shown():
    evidence = weighed([streamed(probe, DEEPSEEK) for probe in asked(SIGNAL)])
    assert ("family", CLAUDE) in evidence.vetoed
    assert DEEPSEEK in evidence.exhibit.says
    assert evidence.exhibit.plot.bars[0] == (DEEPSEEK, 1.0)


@pytest.mark.parametrize("size", [1, 4, 16])
def test_pieces_of_so_many_characters_say_nothing_but_their_habit(size):
    seen = [recut(streamed(probe, DEEPSEEK), size) for probe in asked(SIGNAL)]
    evidence = weighed(seen)
    told = [*nats(evidence).nats.values(), nats(evidence).other]
    assert max(told) - min(told) < 1
    unit = "characters" if size > 1 else "character"
    assert evidence.exhibit.says == (
        f"Pieces are {size} {unit} a piece: they say nothing of the vocabulary."
    )
    assert not evidence.vetoed


def test_words_say_nothing():
    def worded(seen):
        marks = [n for n, c in enumerate(seen.text) if c.isspace()]
        ends = [0, *(n + 1 for n in marks), len(seen.text)]
        return structs.replace(seen, pieces=tuple(seen.text[a:b] for a, b in pairwise(ends)))

    evidence = weighed([worded(streamed(probe, DEEPSEEK)) for probe in asked(SIGNAL)])
    told = [*nats(evidence).nats.values(), nats(evidence).other]
    assert max(told) - min(told) < 1
    assert "words" in evidence.exhibit.says
    assert not evidence.vetoed


@pytest.mark.parametrize("pattern", [r"\w+\s*|[^\w\s]\s*", r"\s*\w+|\s*[^\w\s]"])
def test_words_and_marks_say_nothing(pattern):
    def parted(seen):
        ends = [0, *(found.end() for found in re.finditer(pattern, seen.text))]
        pieces = tuple(seen.text[a:b] for a, b in pairwise([*ends, len(seen.text)]) if a < b)
        return structs.replace(seen, pieces=pieces)

    evidence = weighed([parted(streamed(probe, DEEPSEEK)) for probe in asked(SIGNAL)])
    told = [*nats(evidence).nats.values(), nats(evidence).other]
    assert max(told) - min(told) < 1
    assert evidence.exhibit.says.startswith("Pieces are words and marks: they say nothing")


def test_borders_of_nobody_speak_for_nobody():
    probes = asked(SIGNAL, "deep")
    seen = [streamed(probe, family) for probe, family in zip(probes, families()[4:], strict=False)]
    told = nats(weighed(seen))
    assert told.other > max(told.nats.values())


def test_an_echo_with_a_slip_is_read_up_to_it():
    [first, *_] = asked(SIGNAL)
    seen = streamed(first, DEEPSEEK)
    pieces = (*seen.pieces[:30], " oops ", *seen.pieces[31:])
    evidence = weighed([structs.replace(seen, pieces=pieces, text="".join(pieces))])
    assert best(evidence) == DEEPSEEK


def test_one_piece_says_nothing_and_why():
    [first, *_] = asked(SIGNAL)
    seen = streamed(first, DEEPSEEK)
    evidence = weighed([structs.replace(seen, pieces=(seen.text,))])
    assert "too few pieces" in evidence.exhibit.says
    assert not evidence.likelihoods


def test_a_preface_before_the_echo_is_passed_over():
    seen = [streamed(probe, DEEPSEEK) for probe in asked(SIGNAL)]
    said = [
        structs.replace(each, pieces=("Here ", "you are:\n", *each.pieces), text="")
        for each in seen
    ]
    told = weighed([structs.replace(each, text="".join(each.pieces)) for each in said])
    assert best(told) == DEEPSEEK


@settings(max_examples=20)
@given(st.lists(st.one_of(st.text(max_size=20), st.just("\ud83d")), max_size=20), st.booleans())
def test_hostile_pieces_raise_nothing(pieces, are_joined):
    [first, *_] = asked(SIGNAL)
    seen = streamed(first, CLAUDE)
    mixed = (*seen.pieces[:5], *pieces)
    text = "".join(mixed) if are_joined else seen.text
    evidence = weighed([structs.replace(seen, pieces=mixed, text=text)])
    assert evidence is None or evidence.exhibit.says
