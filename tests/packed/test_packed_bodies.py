"""What is packed comes back byte for byte, and what was there before is stored once."""

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packed_kit import frames_of, journal_file, pack_all

from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.cut import cut_body
from darkhorse.storage.ledger.packed.reader import Packed

texts = st.text(max_size=40) | st.text('ab 🎹\\"\n\u2028é', min_size=30, max_size=700)
base64 = st.integers(4000, 9000).map(lambda size: "iVBORw0KGgo" + "QUJDREVGR0g" * (size // 11))
parts = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": texts}),
    st.fixed_dictionaries(
        {
            "type": st.just("image_url"),
            "image_url": st.fixed_dictionaries(
                {"url": base64.map(lambda data: f"data:image/png;base64,{data}")}
            ),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("tool_result"), "content": texts, "cache_control": st.none()}
    ),
)
messages = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system", "tool"])},
        optional={"content": texts | st.lists(parts, max_size=3), "name": texts},
    ),
    max_size=6,
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
tools = st.lists(
    st.fixed_dictionaries({"type": st.just("function"), "function": anything}), max_size=4
)
FIELDS = {
    "chat": {"messages": messages, "tools": tools},
    "messages": {"messages": messages, "tools": tools, "system": texts | st.lists(parts)},
    "responses": {"input": texts | messages, "tools": tools, "instructions": texts},
    "completions": {"prompt": texts},
    "embeddings": {"input": texts | st.lists(st.integers()) | st.lists(texts)},
    "strange": {"messages": anything, "tools": anything, "input": anything, "system": anything},
}


@st.composite
def bodies(draw):
    """Valid requests of every dialect, keys in any order, spaced and escaped as clients do."""
    fields = draw(st.fixed_dictionaries(FIELDS[draw(st.sampled_from(sorted(FIELDS)))]))
    fields |= draw(st.dictionaries(texts, anything, max_size=2))
    order = draw(st.permutations(sorted(fields)))
    style = draw(st.sampled_from([{}, {"separators": (",", ":")}, {"indent": 2}]))
    fields = {name: fields[name] for name in order}
    text = json.dumps(fields, ensure_ascii=draw(st.booleans()), **style)
    return text.encode("utf-8", "surrogatepass")


@given(st.lists(bodies() | st.binary(max_size=3000), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_every_body_comes_back_byte_for_byte(requests):
    for body in requests:
        cut = [
            part if isinstance(part, bytes) else b"".join(map(b"".join, part))
            for part in cut_body(body)
        ]
        assert b"".join(cut) == body
    with tempfile.TemporaryDirectory() as directory:
        layout = Layout(Path(directory))
        held = frames_of([(body, body[::-1]) for body in (*requests, *requests)])
        journal_file(layout, 1, held)
        pack_all(layout, block_size=2000)
        packed = Packed(layout.packed)
        assert [packed.frame(frame.sequence) for frame in held] == held
        assert [meta.sequence for meta in packed.metas()] == [f.sequence for f in held]
        packed.close()


def conversation(turns, *, changing=False):
    """The request of each turn: everything before it, and two messages more."""
    head = {"role": "system", "content": "You are careful. " * 40}
    tool = {"type": "function", "function": {"name": "read", "description": "x" * 900}}
    said = [head]
    for turn in range(turns):
        if changing:
            said[0] = {**head, "turn": turn}
        said += [
            {"role": "user", "content": f"turn {turn} " + os.urandom(300).hex()},
            {"role": "assistant", "content": f"answer {turn} " + os.urandom(300).hex()},
        ]
        yield json.dumps({"model": "m", "tools": [tool], "messages": said}).encode()


@pytest.mark.parametrize("changing", [False, True])
def test_a_history_that_is_sent_again_is_stored_once(tmp_path, changing):
    layout = Layout(tmp_path)
    requests = list(conversation(20, changing=changing))
    held = frames_of([(body, b"{}") for body in requests])
    journal_file(layout, 1, held)
    pack_all(layout)
    packed = Packed(layout.packed)
    counts = packed.counts()
    new = sum(len(body) for body in requests) - counts.repeated_bytes
    assert new < 1.2 * len(requests[-1]) + 20 * (900 if changing else 100)
    assert counts.request_bytes == sum(map(len, requests))
    assert (counts.starts, counts.ends, counts.last_record) == (20, 20, 40)
    assert [packed.frame(frame.sequence) for frame in held] == held


def test_a_picture_is_stored_once_whatever_stands_around_it(tmp_path):
    layout = Layout(tmp_path)
    picture = "data:image/png;base64," + "".join("ABCDEFGH+/"[b % 10] for b in os.urandom(60_000))
    requests = [
        json.dumps(
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "text", "text": f"look {n}"},
                            {"type": "image_url", "image_url": {"url": picture}},
                        ],
                    }
                ]
            }
        ).encode()
        for n in range(5)
    ]
    journal_file(layout, 1, frames_of([(body, b"{}") for body in requests]))
    pack_all(layout)
    assert Packed(layout.packed).counts().repeated_bytes >= 4 * 60_000
    blobs = sum(path.stat().st_size for path in layout.packed.glob("blobs-*"))
    assert blobs < 60_000
