"""What is to be forgotten leaves no byte, and nothing else is lost."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_kit import Library

LONG = "padding " * 100
CANARY = "qzcanary7wv"


def traces(library):
    """Any piece of the canary that could not be there by chance."""
    kept = library.bytes_kept()
    return [piece for piece in (CANARY[at : at + 5].encode() for at in range(7)) if piece in kept]


def fill(library, count=40):
    """Words enough that pages move rows about."""
    return [
        library.say(" ".join(f"w{number * step % 977}x{step}" for step in range(1, 60)))
        for number in range(1, count + 1)
    ]


def test_no_byte_stays(tmp_path):
    library = Library(tmp_path, shard_size=16)
    others = fill(library)
    library.catch_up()
    said = [library.say(f"{CANARY}{number} {LONG}") for number in range(20)]
    more = fill(library, 60)[40:]
    library.catch_up()
    assert traces(library)
    assert len(library.ids(f"{CANARY}*", limit=50)) == 20
    library.index.forget(said)
    assert traces(library) == []
    assert library.ids(f"{CANARY}*") == []
    assert set(library.ids("w*", limit=500)) == {*others, *more}
    assert library.ids("w60x30")  # 2 * 30
    for number in library.index._shards._sql.execute("SELECT number FROM shard").fetchall():
        table = f"words_{number[0]}"
        library.index._shards._sql.execute(
            f"INSERT INTO {table}({table}) VALUES('integrity-check')"
        )
    library.close()


def test_again_changes_nothing(library):
    said = [library.say(f"horse number {number}") for number in range(20)]
    library.catch_up()
    for _ in range(3):
        library.index.forget(said[3:9])
        library.index.forget(["gen-nobody"])
    assert library.ids("horse", limit=50) == [*said[:8:-1], *said[2::-1]]


def test_a_shard_a_slice_and_another_process_after_each(library):
    said = [library.say(f"{CANARY} number {number}") for number in range(20)]
    kept = library.say("kept number")
    library.catch_up()
    slices = 0
    while library.index.forget_some(said):
        library.reopen()
        slices += 1
    assert slices == 3  # of eight messages each
    assert traces(library) == []
    assert library.ids("number") == [kept]


def test_what_is_not_read_yet_is_not_read_later(library):
    said = library.say(f"{CANARY} secret {LONG}")
    library.say("open words")
    library.pack()
    library.index.forget([said])
    library.reopen()
    library.catch_up()
    assert library.ids("open") == ["gen-2"]
    assert library.ids("secret") == []
    assert traces(library) == []


def test_said_again_it_is_found_again(library):
    said = library.say("the same words")
    library.catch_up()
    library.index.forget([said])
    assert library.ids("same") == []
    library.say("the same words")
    library.catch_up()
    assert library.ids("same") == ["gen-2"]


def test_a_reader_that_holds_old_bytes_is_waited_for(library, monkeypatch):
    monkeypatch.setattr("darkhorse.storage.ledger.search.shards._READER_MS", 1)
    said = library.say(CANARY)
    library.catch_up()
    reader = sqlite3.connect(library.layout.search, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM bookmark").fetchall()
    with pytest.raises(TimeoutError):
        library.index.forget([said])
    reader.close()
    library.index.forget([said])
    assert traces(library) == []


def test_begun_anew_it_still_knows_what_to_forget(library):
    said = library.say(f"{CANARY} secret")
    library.pack()
    library.index.forget([said])
    library.index._shards.clear()
    library.catch_up()
    assert library.ids("secret") == []
    assert traces(library) == []


@settings(max_examples=15)
@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=30), st.data())
def test_the_rest_is_found_as_if_the_forgotten_had_never_been(tmp_path_factory, letters, data):
    library = Library(tmp_path_factory.mktemp("forgotten"), shard_size=5)
    said = {library.say(f"{letter} {number}"): letter for number, letter in enumerate(letters)}
    library.catch_up()
    gone = data.draw(st.sets(st.sampled_from(sorted(said))))
    library.index.forget(sorted(gone))
    for word in "abcd":
        expected = [id_ for id_, letter in said.items() if letter == word and id_ not in gone]
        assert library.ids(word, limit=50) == expected[::-1]
    library.close()


def test_what_survivors_said_too_is_found_again_only_when_the_index_is_made_anew(library):
    """A limit, told in docs/erasing.md: words are kept once, for whoever said them first."""
    first = library.say("how do zebras sleep")
    second = library.say("how do zebras sleep")
    library.catch_up()
    assert library.ids("zebras") == [first]
    library.index.forget([first])
    assert library.ids("zebras") == []
    library.say("and how do horses")
    library.catch_up()
    assert library.ids("zebras") == []
    library.index._shards.clear()
    library.catch_up()
    assert library.ids("zebras") == [second]
