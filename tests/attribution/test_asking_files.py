"""Answers that others logged: every form that is read, and every line that cannot be."""

import gzip
import json

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.reading import grouped, read_files, where
from darkhorse.attribution.records import record_of
from darkhorse.base.errors import ConfigError

REQUEST = {"model": "m", "messages": [{"role": "user", "content": "Hi?"}], "max_tokens": 5}
RESPONSE = {
    "id": "chatcmpl-1",
    "model": "m-2026",
    "provider": "Somebody",
    "choices": [
        {
            "message": {"role": "assistant", "content": "Hello.", "reasoning": "Hm."},
            "finish_reason": "stop",
            "native_finish_reason": "end_turn",
        }
    ],
    "usage": {"prompt_tokens": 8, "completion_tokens": 2},
}


@pytest.mark.parametrize(
    "line",
    [
        {"prompt": "Hi?", "answer": "Hello."},
        {"question": "Hi?", "response": "Hello."},
        {"input": "Hi?", "output": "Hello."},
        {"prompt": "Hi?", "completion": "Hello.", "usage": None, "id": 7},
        {"instruction": "Hi?", "text": "Hello."},
        {"messages": [{"role": "user", "content": "Hi?"}], "answer": "Hello."},
        {"messages": REQUEST["messages"] + [{"role": "assistant", "content": "Hello."}]},
        {
            "input": [{"role": "user", "content": [{"type": "text", "text": "Hi?"}]}],
            "text": "Hello.",
        },
        {"request": REQUEST, "response": RESPONSE},
        {"request": json.dumps(REQUEST), "response": json.dumps(RESPONSE)},
        {"request": {"body": REQUEST}, "response": {"status_code": 200, "body": RESPONSE}},
        {"prompt": "Hi?", **RESPONSE},
        {"prompt": "Hi?", "response": {"content": [{"type": "text", "text": "Hello."}]}},
        {
            "request": {"model": "m", "input": "Hi?"},
            "response": {
                "object": "response",
                "output": [{"content": [{"type": "output_text", "text": "Hello."}]}],
            },
        },
    ],
)
def test_forms_that_people_log(line):
    seen = record_of(line).seen
    assert (seen.prompt, seen.text) == ((Turn("user", "Hi?"),), "Hello.")
    assert seen.is_plain


def test_a_pair_tells_all_that_the_wire_told():
    seen = record_of({"request": REQUEST, "response": RESPONSE}).seen
    assert (seen.model, seen.provider, seen.id) == ("m-2026", "Somebody", "chatcmpl-1")
    assert (seen.finish, seen.native_finish, seen.reasoning) == ("stop", "end_turn", "Hm.")
    assert (seen.prompt_tokens, seen.asked) == (8, {"max_tokens": 5})


def test_a_line_of_our_own_export():
    line = {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi?"},
            {"role": "assistant", "content": "Hello.", "reasoning": "Hm."},
        ],
        "metadata": {
            "id": "gen-1",
            "listing": "stealth/mule",
            "prompt_tokens": 9,
            "finish": "stop",
        },
    }
    record = record_of(line)
    assert [turn.role for turn in record.seen.prompt] == ["system", "user"]
    assert (record.seen.text, record.seen.id, record.seen.prompt_tokens) == ("Hello.", "gen-1", 9)
    assert record.fields["listing"] == "stealth/mule"


def test_the_label_of_a_row_is_no_evidence():
    record = record_of({"prompt": "Hi?", "answer": "Hello.", "model": "openai/gpt-5"})
    assert record.fields["model"] == "openai/gpt-5"
    assert record.seen.model == ""


def test_what_a_run_kept_comes_back_as_it_was(tmp_path):

    kept = Observation(
        prompt=(Turn("user", "Hi?"),),
        probe="some/1",
        status=429,
        problem="no end",
        headers=(("server", "x"),),
        values=(("error.message", "no"),),
        usage={"prompt_tokens": "12"},
    )
    listed = Observation(probe="wire/models", values=(("data[].id", "m"),))
    path = tmp_path / "run.jsonl"
    lines = (b'{"run":"begun"}', msgspec.json.encode(kept), msgspec.json.encode(listed))
    path.write_bytes(b"\n".join((*lines, b'{"run":"done"}\n')))
    reading = read_files([str(path)])
    assert [each.seen for each in reading.records] == [kept, listed]
    assert reading.bad_count == 0


def test_bad_lines_cost_themselves_alone(tmp_path):
    good = json.dumps({"prompt": "Hi?", "answer": "Hello."}).encode()
    path = tmp_path / "log.jsonl"
    lines = (good, b"{oops", b"\xff\xfe", b"7", b'{"a": 1}', b"", b"[" * 9999, good)
    path.write_bytes(b"\n".join(lines))
    reading = read_files([str(path)])
    assert len(reading.records) == 2
    assert [bad.line for bad in reading.bad] == [2, 3, 4, 5, 7]
    assert "UTF-8" in reading.bad[1].why


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_packed_or_not_a_file_says_the_same(tmp_path, pack):
    path = tmp_path / "log"
    path.write_bytes(pack(b'{"prompt":"a","answer":"b"}\n{"prompt":"c","answer":"d"}\n'))
    assert [each.seen.text for each in read_files([str(path)]).records] == ["b", "d"]


def test_a_cut_archive_gives_what_it_held(tmp_path):
    line = b'{"prompt":"a","answer":"b"}\n'
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(line * 8_000)[:-20])
    reading = read_files([str(path)])
    assert len(reading.records) > 1000
    assert "cut or damaged" in reading.bad[-1].why


def test_one_json_list_is_read_too(tmp_path):
    path = tmp_path / "log.json"
    path.write_text('[\n {"prompt":"a","answer":"b"},\n {"prompt":"c","answer":"d"}]\n')
    assert len(read_files([str(path)]).records) == 2


def test_files_that_are_none_are_the_operators_matter(tmp_path):
    (tmp_path / "p").write_bytes(b"PAR1....")
    for path, why in ((tmp_path / "none", "no such file"), (tmp_path / "p", "Parquet")):
        with pytest.raises(ConfigError, match=why):
            read_files([str(path)])
    with pytest.raises(ConfigError, match="cannot be read"):
        read_files([str(tmp_path)])


def test_groups_and_choices():
    rows = [
        {"prompt": "p", "answer": "a", "model": m, "provider": p}
        for m, p in (("x", "1"), ("y", "1"), ("x", "2"), ("x", "1"))
    ]
    records = [record_of(row) for row in rows]
    groups = grouped(records, ("model", "provider"))
    assert [(each.name, len(each.records)) for each in groups] == [
        ("model=x, provider=1", 2),
        ("model=y, provider=1", 1),
        ("model=x, provider=2", 1),
    ]
    assert len(where(records, {"model": "x"})) == 3
    assert len(grouped(records, ())) == 1


_NAMES = st.sampled_from(
    (
        *("messages", "prompt", "answer", "response", "request", "usage", "choices", "message"),
        *("content", "role", "reasoning", "id", "model", "metadata", "created", "output", "input"),
        *("system", "body", "finish_reason", "tool_calls", "probe", "values", "seconds", "text"),
    )
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_NAMES, JSON, max_size=8))
def test_any_record_is_read_or_refused_in_words(told):
    try:
        seen = record_of(told).seen
    except ValueError as refusal:
        seen, told = None, str(refusal)
    assert seen is None or (isinstance(seen.text, str) and isinstance(seen.usage, dict))
    assert told or seen
