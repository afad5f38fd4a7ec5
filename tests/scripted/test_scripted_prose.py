"""Text in any amount: the same for the same question, other for another."""

import json

import zstandard
from hypothesis import given
from hypothesis import strategies as st
from scripted_client import send

from darkhorse.upstream.scripted.prose import Prose


@given(st.binary(max_size=40), st.integers(0, 5_000), st.integers(0, 5_000))
def test_a_longer_text_begins_with_the_shorter_one(seed, one, other):
    prose = Prose.usual()
    short, long = sorted((one, other))
    text = prose.text(seed, long)
    assert len(text) == long
    assert text.isascii()
    assert prose.text(seed, short) == text[:short]


def test_a_higher_tilt_compresses_better():
    sizes = [len(zstandard.compress(Prose(tilt).text(b"x", 100_000), 3)) for tilt in (1, 1.4, 1.8)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 1.5 * sizes[-1]


def said(port, *texts, **fields):
    messages = [{"role": "user", "content": text} for text in texts]
    body = json.dumps({"model": "wordy", "messages": messages, **fields}).encode()
    head = b"POST /v1/chat/completions HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    raw = send(port, head % len(body) + body)
    return raw.json()["choices"][0]["message"]["content"]


def test_an_answer_is_as_long_as_was_allowed_and_the_questions_own(port):
    first = said(port, "a", "b", max_tokens=50)
    assert len(first) == 200
    assert said(port, "a", "b", max_completion_tokens=50) == first
    assert said(port, "a", "c", max_tokens=50) != first
    assert said(port, "b", max_tokens=50) != first
    assert len(said(port, "a", max_tokens=0)) == 1024
