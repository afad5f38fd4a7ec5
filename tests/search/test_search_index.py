"""What is indexed of the packed frames, and how the index follows them."""

import stat

import msgspec
import pytest
from search_kit import Library

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.frame import START

LONG = "padding " * 100
RESULT = {"type": "tool_result", "tool_use_id": "t", "content": f"tool {LONG}"}


def chat(*messages):
    return {"model": "m", "messages": [{"role": role, "content": text} for role, text in messages]}


def test_every_dialect_is_read(library):
    ids = [
        library.say(chat(("system", f"sys {LONG}"), ("user", "apple"))),
        library.say({"model": "m", "prompt": "banana"}, dialect="completions"),
        library.say({"model": "m", "prompt": [f"cherry {LONG}"]}, dialect="completions"),
        library.say({"model": "m", "input": f"damson {LONG}"}, dialect="responses"),
        library.say(
            {
                "model": "m",
                "instructions": "sys",
                "input": [
                    {
                        "type": "message",
                        "role": "user",
                        "content": [{"type": "input_text", "text": "elder"}],
                    },
                    {"type": "function_call_output", "call_id": "c", "output": f"tool {LONG}"},
                    {"role": "user", "content": "elder"},
                ],
            },
            dialect="responses",
        ),
        library.say(
            {
                "model": "m",
                "max_tokens": 5,
                "system": [{"type": "text", "text": f"sys {LONG}"}],
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": f"fig {LONG}"}]},
                    {"role": "assistant", "content": f"said {LONG}"},
                    {"role": "user", "content": [RESULT]},
                ],
            },
            dialect="messages",
        ),
        library.say({"model": "m", "input": [f"grape {LONG}"]}, dialect="embeddings"),
    ]
    library.catch_up()
    words = ("apple", "banana", "cherry", "damson", "elder", "fig")
    assert [library.ids(word) for word in words] == [[id_] for id_ in ids[:6]]
    assert [library.ids(word) for word in ("sys", "tool", "said", "answer", "grape")] == [[]] * 5
    assert library.search.state().unreadable == 0


def test_media_and_what_is_behind_four_kilobytes_is_left_out(library):
    noise = "QUJD" * 1000
    library.say(f"photo {noise} of a horse")
    library.say("start " + "filler " * 700 + "finish")
    library.catch_up()
    assert library.ids("photo horse") == ["gen-1"]
    assert library.ids("qujd*") == []
    assert library.ids("start") == ["gen-2"]
    assert library.ids("finish") == []


def test_a_conversation_is_indexed_turn_by_turn(library):
    said = [("system", LONG)]
    for turn in range(12):
        said.append(("user", f"question{turn} {LONG}"))
        library.say(chat(*said))
        said.append(("assistant", f"reply{turn} {LONG}"))
        if turn % 5 == 4:
            library.catch_up()
    library.catch_up()
    assert [library.ids(f"question{turn}") for turn in range(12)] == [
        [f"gen-{turn + 1}"] for turn in range(12)
    ]
    assert len(library.ids("padding")) == 12


def test_a_turn_reads_only_what_it_adds(library):
    """The blocks of the turns before are broken, and nobody notices."""
    said = [("user", f"first {LONG}"), ("assistant", f"reply {LONG}")]
    library.say(chat(*said))
    library.catch_up()
    blobs = max(library.layout.packed.glob("blobs-*"))
    chains = max(library.layout.packed.glob("chains-*"))
    for path in (blobs, chains):
        raw = bytearray(path.read_bytes())
        raw[-3] ^= 0xFF
        path.write_bytes(raw)
    library.say(chat(*said, ("user", f"second {LONG}")))
    library.catch_up()
    assert library.ids("second") == ["gen-2"]


def test_a_text_is_kept_once_for_a_key(library):
    library.say("the same words")
    library.say("the same words")
    library.say("the same words", key="cd" * 32)
    library.catch_up()
    library.say("the same words")
    library.catch_up()
    assert library.ids("same words") == ["gen-3", "gen-1"]


def test_what_cannot_be_read_is_counted(library):
    library.say(b"\xff not JSON")
    library.say({"model": "m", "messages": "a text"})
    library.say(chat(("user", {"odd": 1}), ("user", f"fine {LONG}")))
    library.frame(START, b"not JSON", b"{}")
    library.catch_up()
    assert library.ids("fine") == ["gen-3"]
    assert library.search.state().unreadable == 4


def test_it_goes_on_where_a_slice_ended(tmp_path):
    """A slice of one frame each, and another process after each."""
    library = Library(tmp_path, shard_size=3, tick_s=1.0)
    for number in range(10):
        library.say(chat(("user", f"word{number} {LONG}"), ("user", f"other{number} {LONG}")))
    library.pack()
    steps = 0
    while library.index.step():
        library.reopen()
        steps += 1
    assert steps == 19  # of 20 frames
    for number in range(10):
        assert (
            library.ids(f"word{number}") == library.ids(f"other{number}") == [f"gen-{number + 1}"]
        )
    library.close()


def test_a_slice_that_was_not_committed_is_done_again(library, monkeypatch):
    library.say("lost and found")
    library.pack()
    taken = library.index._shards._insert

    def stop(messages):
        taken(messages)
        raise KeyboardInterrupt

    monkeypatch.setattr(library.index._shards, "_insert", stop)
    with pytest.raises(KeyboardInterrupt):
        library.index.step()
    monkeypatch.undo()
    assert library.ids("found") == []
    library.reopen()
    library.catch_up()
    assert library.ids("found") == ["gen-1"]


def test_damage_stops_it_behind_what_was_whole(library):
    library.say(f"whole {LONG}")
    library.catch_up()
    library.say(f"broken {LONG}")
    library.pack()
    blobs = max(library.layout.packed.glob("blobs-*"))
    raw = bytearray(blobs.read_bytes())
    raw[-3] ^= 0xFF
    blobs.write_bytes(raw)
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"blobs-.*darkhorse ledger"):
            library.index.step()
    assert library.ids("whole") == ["gen-1"]


def test_another_store_in_its_place_is_read_from_the_start(library, tmp_path_factory):
    for word in ("one", "two", "three"):
        library.say(f"{word} thing")
    library.catch_up()
    other = Library(tmp_path_factory.mktemp("other"))
    other.say("four thing")
    other.pack()
    other.close()
    for path in library.layout.packed.iterdir():
        path.unlink()
    for path in other.layout.packed.iterdir():
        path.rename(library.layout.packed / path.name)
    library.reopen()
    library.search.close()
    while library.index.step():
        pass
    assert library.ids("thing") == ["gen-1"]
    assert library.ids("two") == []


def test_a_file_of_no_use_is_named(library):
    library.close()
    library.layout.search.write_bytes(b"no database at all, but long enough to be read as one" * 20)
    for suffix in ("-wal", "-shm"):
        library.layout.search.with_name(library.layout.search.name + suffix).unlink(missing_ok=True)
    with pytest.raises(ConfigError, match=r"search\.sqlite: not usable .*delete it"):
        library.open()
    with pytest.raises(ConfigError, match=r"search\.sqlite"):
        library.search.find("word")


def test_a_file_of_another_shape_is_made_anew(library):
    library.say("kept words")
    library.catch_up()
    library.index._shards._sql.execute("UPDATE shape SET number = 77")
    assert library.ids("kept") == []
    assert not library.search.state().exists
    library.reopen()
    library.catch_up()
    assert library.ids("kept") == ["gen-1"]


def test_only_the_owner_may_read_it(library):
    library.say("private")
    library.catch_up()
    files = list(library.layout.data.glob("search.sqlite*"))
    assert len(files) >= 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_the_index_holds_words_and_no_text(library):
    library.say("zebra yak xylophone " + msgspec.json.encode("walrus").decode())
    library.catch_up()
    kept = library.bytes_kept()
    assert b"yak xylophone" not in kept
    assert library.ids("walrus") == ["gen-1"]
