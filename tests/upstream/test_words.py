"""The words of a reply inside JSON, decoded as they come."""

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from darkhorse.upstream.emulation.held import Held
from darkhorse.upstream.emulation.words import Words
from darkhorse.wire.chunks import Chunk

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
CUTS = st.lists(st.integers(0, 400), max_size=12)


def cut(whole, cuts):
    borders = sorted({0, len(whole), *(at % (len(whole) + 1) for at in cuts)})
    return [whole[a:b] for a, b in itertools.pairwise(borders)]


@given(TEXTS, CUTS, st.booleans(), st.sampled_from(["", " ", "\n"]))
def test_all_of_a_reply_goes_on_however_it_is_cut(text, cuts, ascii_only, blank):
    inside = json.dumps(text, ensure_ascii=ascii_only)
    words = Words()
    whole = "".join(map(words.feed, cut(f'{blank}{{{blank}"reply"{blank}:{inside}}}', cuts)))
    assert whole == words.told == text


@given(TEXTS, CUTS)
def test_a_held_answer_says_everything_once(text, cuts):
    held = Held((), None)
    pieces = [Chunk(text=piece) for piece in cut(json.dumps({"reply": text}), cuts)]
    passed = [chunk for piece in pieces for chunk in held.feed([piece])]
    last = held.close()
    assert "".join(chunk.text for chunk in passed) + last.text == text
    assert (last.finish, last.tools) == ("stop", ())


def test_words_flow_before_the_reply_is_whole():
    held = Held((), None)
    assert held.feed([Chunk(text='{"reply":"Good mor')]) == [Chunk(text="Good mor")]
    assert held.feed([Chunk(text="ning\\u00")]) == [Chunk(text="ning")]
    assert held.feed([Chunk(text="e9, fr")]) == [Chunk(text="é, fr")]
    held.feed([Chunk(finish="length")])
    assert (held.close().text, held.close().finish) == ("", "length")


def test_where_a_stop_may_fall_words_wait():
    held = Held(("END",), None)
    assert held.feed([Chunk(text='{"reply":"one END two"}')]) == []
    assert (held.close().text, held.close().finish) == ("one ", "stop")


@given(st.sampled_from(['{"tool":"f","arguments":{"reply":"x"}}', '{"reply":{"a":1}}']), CUTS)
def test_what_is_no_plain_reply_waits(answer, cuts):
    held = Held((), None)
    assert not any(held.feed([Chunk(text=piece)]) for piece in cut(answer, cuts))
    last = held.close()
    assert last.tools or last.text == '{"a":1}'
