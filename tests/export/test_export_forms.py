"""What an export holds, form by form, and whose it may be."""

import json
from pathlib import Path

import duckdb
import polars as pl
import pytest
import zstandard
from export_kit import MUTE, PONY, SHY, Ledger, asked, calling, lines_of

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.export.order import Wanted
from darkhorse.storage.records import Answer

TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "data")


def test_every_dialect_comes_out_as_a_chat(ledger, tmp_path):
    ledger.tell(asked("Hello?"))
    ledger.tell(
        {
            "model": PONY,
            "max_tokens": 9,
            "system": "Be brief.",
            "messages": [{"role": "user", "content": "Hello?"}],
        },
        dialect="messages",
    )
    ledger.tell(
        {"model": PONY, "instructions": "Be brief.", "input": "Hello?"}, dialect="responses"
    )
    ledger.tell({"model": PONY, "prompt": "Hello?"}, dialect="completions")
    ledger.pack()
    lines = ledger.export(tmp_path / "out", "chat")
    talks = [
        [(each["role"], each["content"]) for each in line["messages"] if each["role"] != "system"]
        for line in lines
    ]
    assert talks == [[("user", "Hello?"), ("assistant", "Well.")]] * 4
    assert [line["metadata"]["dialect"] for line in lines] == [
        *("chat", "messages", "responses", "completions")
    ]
    assert [line["messages"][0]["content"] for line in lines[1:3]] == ["Be brief."] * 2


def test_a_turn_carries_tools_and_calls_and_nothing_of_who_asked(ledger, tmp_path):
    body = {**asked("Look!"), "tools": [TOOL], "user": "somebody"}
    ledger.tell(body, calling('{"at": "sky"}'), user_agent="agent/1", address="addr", person="pers")
    ledger.pack()
    (line,) = ledger.export(tmp_path / "out", "chat")
    call = {"name": "look", "arguments": '{"at": "sky"}'}
    assert line["messages"][-1]["tool_calls"] == [
        {"id": "call_1", "type": "function", "function": call}
    ]
    assert line["tools"] == [TOOL]
    assert line["metadata"]["began_at"] == "2026-05-28T20:26:40.000000Z"
    text = json.dumps(line)
    assert not any(word in text for word in ("somebody", "agent/1", "addr", "pers", "0a1b"))


def test_fine_tuning_takes_the_last_turn_of_each_conversation(ledger, tmp_path):
    ledger.tell(asked("a"), Answer("b"))
    ledger.tell(asked("x"), Answer("y", reasoning="Thought."))
    ledger.tell(asked("a", "b", "c"), Answer("d"))
    ledger.tell(asked("a", "b", "c", "d", "e"), outcome="failed")
    ledger.tell(asked("a", "other"), Answer("z"))
    ledger.pack()
    lines = ledger.export(tmp_path / "out", "finetune", wanted=Wanted(outcomes=("done",)))
    talks = [[each["content"] for each in line["messages"]] for line in lines]
    assert talks == [["x", "y"], ["a", "b", "c", "d"], ["a", "otherz"]]
    assert all(
        set(message) <= {"role", "content"} for line in lines for message in line["messages"]
    )
    assert ledger.done.manifest.left_out == {"a later turn holds it": 1}


def test_parquet_is_read_by_others(ledger, tmp_path):
    ledger.tell({**asked("Grüße"), "seed": 7}, Answer("你好"), app_url="https://app.example.org/x")
    ledger.tell({"model": PONY, "input": "words"}, dialect="embeddings")
    ledger.tell(asked("b"), outcome="failed", finish="error")
    ledger.pack()
    ledger.export(tmp_path / "out", "parquet")
    table = pl.read_parquet(tmp_path / "out" / "part-00001.parquet")
    assert table["outcome"].to_list() == ["done", "done", "failed"]
    assert table["app"].to_list() == ["app.example.org", None, None]
    assert json.loads(table["request"][0]) == {**asked("Grüße"), "seed": 7}
    assert json.loads(table["answer"][0])["content"] == "你好"
    hours = duckdb.sql(
        f"SELECT max(began_at) - min(began_at) FROM '{tmp_path}/out/part-*.parquet'"
    ).fetchall()
    assert str(hours[0][0]) == "4:00:00"


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (Wanted(), "abcd"),
        (Wanted(since_us=1_780_000_000_000_000 + 4 * 3_600_000_000), "cd"),
        (Wanted(until_us=1_780_000_000_000_000 + 4 * 3_600_000_000), "ab"),
        (Wanted(key="Erin's"), "b"),
        (Wanted(key="b2" * 5), "b"),
        (Wanted(app="app.example.org"), "c"),
        (Wanted(finishes=("length",)), "d"),
        (Wanted(outcomes=("cancelled",)), "a"),
        (Wanted(listings=(PONY,)), "abcd"),
    ],
)
def test_filters(ledger, tmp_path, wanted, taken):
    ledger.tell(asked("a"), outcome="cancelled")
    ledger.named("b2" * 32, "Erin's")
    ledger.tell(asked("b"), key="b2" * 32)
    ledger.tell(asked("c"), app_url="https://app.example.org")
    ledger.tell(asked("d"), finish="length")
    ledger.pack()
    lines = ledger.export(tmp_path / "out", "chat", wanted=wanted)
    assert "".join(line["messages"][0]["content"] for line in lines) == taken


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(key="nobody"), "No key is called `nobody`"),
        (Wanted(key="c3" * 32), "No packed generation is of the key c3c3c3c3c3c3;"),
        (Wanted(app="elsewhere.example.org"), "of an app called `elsewhere.example.org`"),
    ],
)
def test_a_filter_that_nothing_ever_met_is_a_mistake(ledger, tmp_path, wanted, said):
    ledger.tell(asked("a"))
    ledger.pack()
    with pytest.raises(ConfigError, match=said):
        ledger.export(tmp_path / "out", "chat", wanted=wanted)
    assert not (tmp_path / "out").exists()


def test_a_list_of_texts_and_a_text_are_the_same_turn(ledger, tmp_path):
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    later = asked("ab", "Well.", "c")
    ledger.tell({"model": PONY, "messages": [{"role": "user", "content": parts}]})
    ledger.tell(later)
    later["messages"][0]["content"] = parts
    later["messages"] += asked("", "Well.", "d")["messages"][1:]
    ledger.tell(later)
    ledger.pack()
    (line,) = ledger.export(tmp_path / "out", "finetune")
    assert [each["content"] for each in line["messages"]] == [
        parts,
        "Well.",
        "c",
        "Well.",
        "d",
        "Well.",
    ]
    assert ledger.done.manifest.left_out == {"a later turn holds it": 2}


def test_the_same_question_twice_is_no_later_turn(ledger, tmp_path):
    ledger.tell(asked("hi"), Answer("Hello."))
    ledger.tell(asked("hi"), Answer("What is it?"))
    ledger.tell(asked("hi there"), Answer("Yes?"))
    ledger.pack()
    lines = ledger.export(tmp_path / "out", "finetune")
    assert [line["messages"][-1]["content"] for line in lines] == ["What is it?", "Yes?"]
    assert ledger.done.manifest.left_out == {"it was asked again later in the same words": 1}


def test_what_cannot_be_a_chat_is_counted(ledger, tmp_path):
    ledger.tell({"model": PONY, "input": "words"}, dialect="embeddings")
    ledger.tell(asked("a"), Answer(), outcome="interrupted")
    ledger.tell({"model": PONY, "messages": 7})
    ledger.tell(asked("b"), dialect="esperanto")
    ledger.tell(asked("c"))
    ledger.pack()
    assert len(ledger.export(tmp_path / "out", "chat")) == 1
    assert ledger.done.manifest.left_out == {
        "an embedding is no conversation": 1,
        "nothing was answered": 1,
        "the dialect esperanto is not known here": 1,
        "the request cannot be read by this version": 1,
    }


def test_a_launch_that_promised_no_training_stays_at_home(ledger, tmp_path):
    ledger.tell(asked("mine"), listing=SHY)
    ledger.tell(asked("yours"))
    ledger.tell(asked("whose"), listing="stealth/forgotten")
    ledger.tell(asked("his"), listing=MUTE)
    ledger.pack()
    (line,) = ledger.export(tmp_path / "out", "chat")
    assert line["messages"][0]["content"] == "yours"
    assert list(ledger.done.manifest.order.refused) == [MUTE, SHY]
    with pytest.raises(ConfigError, match="does not say whether it may be used for training; set"):
        ledger.export(tmp_path / "other", "chat", wanted=Wanted(listings=(MUTE,)))
    with pytest.raises(ConfigError, match="shy-beta: cannot be exported; its launch promises"):
        ledger.export(tmp_path / "other", "chat", wanted=Wanted(listings=(SHY,)))
    with pytest.raises(ConfigError, match="No launch is called stealth/forgotten"):
        ledger.export(tmp_path / "other", "chat", wanted=Wanted(listings=("stealth/forgotten",)))


def test_what_is_not_packed_is_told(ledger, tmp_path):
    ledger.tell(asked("a"))
    ledger.pack()
    ledger.tell(asked("b"))
    ledger.write()
    assert len(ledger.export(tmp_path / "out", "chat")) == 1
    assert ledger.done.unpacked == 1


def test_compressed_lines_are_the_same_lines(ledger, tmp_path):
    for text in "abc":
        ledger.tell(asked(text * 9_000))
    ledger.pack()
    plain = ledger.export(tmp_path / "plain", "chat")
    ledger.export(tmp_path / "small", "chat", compressed=True)
    files = sorted((tmp_path / "small").glob("*.zst"))
    texts = [zstandard.ZstdDecompressor().decompressobj().decompress(f.read_bytes()) for f in files]
    assert [json.loads(line) for text in texts for line in text.splitlines()] == plain
    assert len(files) > 1


def test_files_are_for_their_owner(ledger, tmp_path):
    ledger.tell(asked("a"))
    ledger.pack()
    for form in ("chat", "parquet"):
        ledger.export(tmp_path / form, form)
        assert tmp_path.joinpath(form).stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / form).iterdir())
        assert len(list((tmp_path / form).iterdir())) == 2
    assert lines_of(tmp_path / "chat")


def test_an_alias_is_the_listing(ledger, tmp_path):
    ledger.tell(asked("One"))
    ledger.pack()
    lines = ledger.export(tmp_path / "out", "chat", wanted=Wanted(listings=(f"{PONY}-old",)))
    assert len(lines) == 1


def test_directories_may_be_told_from_where_one_stands(rules, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ledger = Ledger(Path("data"), rules)
    ledger.tell(asked("I am anna@acme.io"))
    ledger.pack()
    (line,) = ledger.export(Path("out"), "chat", masked=True)
    assert line["messages"][0]["content"] == "I am [EMAIL]"
