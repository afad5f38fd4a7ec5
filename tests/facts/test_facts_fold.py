"""Folding: each generation once, whatever comes twice and wherever it stops."""

import tempfile
from pathlib import Path

import msgspec
import pytest
from facts_kit import LISTINGS, Facts, HandJournal, end, recount, start
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger.facts import clear
from darkhorse.storage.ledger.frame import END, HEADER_SIZE, START
from darkhorse.storage.ledger.read import frames
from darkhorse.storage.ledger.tables import FOLDED
from darkhorse.wire.chunks import NativeUsage


def fill(journal, numbers):
    for number in numbers:
        journal.append(start(number), end(number))


def test_a_generation_is_a_row_from_its_start_and_counts_from_its_end(journal, facts):
    journal.append(start(4))
    facts.fold.catch_up()
    [row] = facts.rows("SELECT * FROM generation")
    assert (row["outcome"], row["prompt_tokens"], row["listing"]) == (None, 14, LISTINGS[0])
    assert facts.totals() == {}
    journal.append(end(4))
    facts.fold.catch_up()
    assert facts.totals() == {
        LISTINGS[0]: {"requests": 1, "prompt_tokens": 24, "completion_tokens": 34}
    }


def test_a_row_says_all_of_it(journal, facts):
    begun = start(6, address="ad" * 16, person="9e" * 16, session="5e" * 12, user_agent="curl/8")
    journal.append(begun, end(6, error_type="cancelled", status=499, micro_usd=7))
    facts.fold.catch_up()
    first = next(frames(journal.directory))[0]
    assert facts.rows("SELECT * FROM generation") == [
        {
            "id": "gen-6",
            "at_us": 1_770_000_000_000_006,
            "listing": LISTINGS[0],
            "dialect": "chat",
            "key": "ab" * 32,
            "address": "ad" * 16,
            "person": "9e" * 16,
            "streamed": 1,
            "app_title": "A title",
            "app_url": "https://app.example",
            "user_agent": "curl/8",
            "app": app_of("https://app.example", "").id,
            "session": "5e" * 12,
            "start_file": 1,
            "start_at": HEADER_SIZE,
            "end_file": 1,
            "end_at": HEADER_SIZE + first.size,
            "outcome": "cancelled",
            "finish": "stop",
            "status": 499,
            "error_type": "cancelled",
            "prompt_tokens": 26,
            "completion_tokens": 36,
            "reasoning_tokens": 5,
            "micro_usd": 7,
            "native_prompt": 3,
            "native_completion": 4,
            "first_token_ms": 12.5,
            "duration_ms": 99.5,
            "attempts": 2,
            "endpoint": "second",
            "start_seq": 1,
            "end_seq": 2,
            "seal": None,
        }
    ]


def test_an_end_without_usage_counts_the_prompt_as_it_was_asked(journal, facts):
    journal.append(start(1), end(1, usage=None, native=None, attempts=(), first_token_ms=None))
    facts.fold.catch_up()
    assert facts.totals()[LISTINGS[1]] == {"requests": 1, "prompt_tokens": 11, "failed": 1}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([start, end]), st.integers(0, 5)),
        st.sampled_from(["catch up", "restart", "new file"]),
    ),
    max_size=40,
)


@given(steps=STEPS)
@settings(max_examples=60, deadline=None)
def test_whatever_comes_twice_or_in_pieces_counts_once(steps):
    with tempfile.TemporaryDirectory() as data:
        journal, facts = HandJournal(Path(data, "journal")), Facts(Path(data))
        for step in steps:
            if step == "catch up":
                facts.fold.catch_up()
                assert facts.totals() == recount(journal.directory)
            elif step == "restart":
                facts.restart()
            elif step == "new file":
                journal.begin_file()
            else:
                make, number = step
                journal.append(make(number))
        facts.fold.catch_up()
        assert facts.totals() == recount(journal.directory)
        assert facts.fold.catch_up() == 0
        facts.close()


def test_one_big_batch_and_many_small_ones_give_the_same(journal, facts, tmp_path):
    for number in range(30):
        who = {"address": f"address {number % 4}", "person": f"person {number % 5}"}
        talk = {"session": f"session {number % 3}", "app_title": f"{number}" if number > 9 else ""}
        journal.append(start(number, **who, **talk), end(number, micro_usd=number))
        if number == 20:
            journal.begin_file()
    read = list(frames(journal.directory))
    for first in range(0, 60, 7):
        assert facts.fold.apply(read[first : first + 7]) == len(read[first : first + 7])
    assert facts.fold.apply([]) == 0
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "journal").symlink_to(journal.directory)
    other = Facts(tmp_path / "other")
    assert other.fold.catch_up() == 60
    for table in FOLDED:
        order = ", ".join(f'"{column.name}"' for column in table.primary_key)
        query = f"SELECT * FROM {table.name} ORDER BY {order}"
        assert facts.rows(query) == other.rows(query) != []
    other.close()


def test_a_journal_longer_than_a_batch(journal, facts):
    fill(journal, range(1100))
    assert facts.fold.catch_up() == 2200
    assert facts.totals() == recount(journal.directory)


def test_frame_by_frame_it_goes_on_from_where_it_was(journal, facts, caplog):
    for number in range(4):
        for record in (start(number), end(number)):
            journal.append(record)
            assert facts.fold.catch_up() == 1
        journal.begin_file()
    assert facts.totals() == recount(journal.directory)
    assert caplog.text == ""


def test_frames_folded_a_second_time_change_nothing(journal, facts):
    fill(journal, range(8))
    facts.fold.catch_up()
    before = facts.rows("SELECT * FROM generation"), facts.totals()
    facts.fold.apply(frames(journal.directory))
    assert (facts.rows("SELECT * FROM generation"), facts.totals()) == before


def test_a_death_at_any_statement_leaves_a_whole_batch_or_none(journal, facts):
    fill(journal, range(4))
    facts.fold.catch_up()
    fill(journal, range(4, 8))
    died = 0
    for fatal in range(50):
        count = 0

        def die(*_, fatal=fatal):
            nonlocal count
            count += 1
            if count > fatal:
                raise KeyboardInterrupt

        event.listen(facts.engine, "before_cursor_execute", die)
        try:
            facts.fold.catch_up()
        except KeyboardInterrupt:
            died += 1
            facts.restart()
            assert len(facts.rows("SELECT * FROM generation")) == 4
        else:
            break
    assert died >= 5
    facts.restart()
    facts.fold.catch_up()
    assert facts.totals() == recount(journal.directory)


def test_where_nothing_is_new_only_the_bookmark_is_asked_for(journal, facts):
    fill(journal, range(3))
    while facts.fold.catch_up():
        pass
    asked = []
    event.listen(facts.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    assert facts.fold.catch_up() == 0
    questions = [each for each in asked if each.startswith(("SELECT", "INSERT", "UPDATE"))]
    assert [each.partition("FROM ")[2] for each in questions] == ["position"]
    fill(journal, [3])
    assert facts.fold.catch_up() == 2
    assert len(asked) > 2


def test_facts_that_another_clears_are_made_anew(journal, facts):
    """The journal is as it was: an erasure does that, and nobody may come for days."""
    fill(journal, range(3))
    while facts.fold.catch_up():
        pass
    with facts.engine.begin() as connection:
        clear(connection)
    assert facts.fold.catch_up() == 6
    assert facts.totals() == recount(journal.directory)
    assert facts.fold.catch_up() == 0


def test_a_frame_still_being_written_is_folded_when_it_is_whole(journal, facts):
    fill(journal, [0])
    whole = journal.path.stat().st_size
    fill(journal, [1])
    full = journal.path.read_bytes()
    for size in range(whole, len(full), 11):
        journal.path.write_bytes(full[:size])
        facts.fold.catch_up()
    journal.path.write_bytes(full)
    facts.fold.catch_up()
    assert facts.totals() == recount(journal.directory)


# --- a power cut took what had been folded ---


def later(journal):
    """After the restart: a new file, and other generations in it."""
    journal.sequence -= 2
    journal.begin_file()
    fill(journal, range(50, 53))


def cut_one_frame(journal, sizes):
    journal.cut(sizes[-2])
    later(journal)


def cut_into_a_frame(journal, sizes):
    journal.cut(sizes[-1] - 5)
    later(journal)


def cut_many_frames(journal, sizes):
    journal.cut(sizes[1])
    later(journal)


def lose_the_file(journal, sizes):
    journal.path.unlink()
    later(journal)


def lose_all(journal, sizes):
    journal.path.unlink()


def turn_to_noise(journal, sizes):
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[: sizes[-2]] + b"\0" * (sizes[-1] - sizes[-2]))


def write_another_as_long(journal, sizes):
    last = len(sizes) // 2 - 1
    journal.cut(sizes[-3])
    journal.sequence -= 2
    journal.append(start(last, id="gen-9"), end(last, id="gen-9"))
    assert journal.path.stat().st_size == sizes[-1]


@pytest.mark.parametrize(
    "cut",
    [
        cut_one_frame,
        cut_into_a_frame,
        cut_many_frames,
        lose_the_file,
        lose_all,
        turn_to_noise,
        write_another_as_long,
    ],
)
@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize("folded", [1, 3])
def test_what_a_power_cut_took_is_taken_from_the_facts(
    journal, facts, cut, restarted, folded, caplog
):
    sizes = [journal.path.stat().st_size]
    for number in range(folded):
        for record in (start(number), end(number)):
            journal.append(record)
            sizes.append(journal.path.stat().st_size)
    facts.fold.catch_up()
    cut(journal, sizes)
    if restarted:
        facts.restart()
    facts.fold.catch_up()
    assert facts.totals() == recount(journal.directory)
    assert "folding all of it anew" in caplog.text
    ids = {row["id"] for row in facts.rows("SELECT id FROM generation")}
    assert ids == {f"gen-{n}" for n in ids_in(journal)}
    assert facts.fold.catch_up() == 0


def ids_in(journal):
    return {
        int(msgspec.json.decode(frame.meta)["id"].removeprefix("gen-"))
        for frame, _ in frames(journal.directory)
        if frame.kind == START
    }


def test_old_files_may_be_dropped_without_folding_anew(journal, facts, caplog):
    fill(journal, range(2))
    old = journal.path
    journal.begin_file()
    fill(journal, range(2, 4))
    facts.fold.catch_up()
    before = facts.totals()
    old.unlink()
    facts.restart()
    fill(journal, [4])
    assert facts.fold.catch_up() == 2
    assert facts.totals()[LISTINGS[0]]["requests"] == before[LISTINGS[0]]["requests"] + 1
    assert caplog.text == ""


# --- what cannot be understood ---


@pytest.mark.parametrize(
    "meta", [b"", b"{", b"[]", b'{"id":"gen-9"}', b'{"id":5}', b"\xff", b"null"]
)
@pytest.mark.parametrize("kind", [START, END])
def test_a_frame_that_cannot_be_understood_stops_nothing(journal, facts, meta, kind, caplog):
    fill(journal, [0])
    journal.raw(kind, meta)
    fill(journal, [2])
    facts.fold.catch_up()
    assert facts.totals()[LISTINGS[0]]["requests"] == 2
    assert len(caplog.records) == 1


def test_a_frame_of_another_kind_is_passed_by(journal, facts, caplog):
    fill(journal, [0])
    journal.raw(77, b"anything")
    facts.fold.catch_up()
    assert facts.fold.catch_up() == 0
    fill(journal, [2])
    facts.fold.catch_up()
    assert facts.totals()[LISTINGS[0]]["requests"] == 2
    assert caplog.text == ""


def test_an_end_without_a_start_counts_nothing(journal, facts):
    journal.append(end(0), start(2), end(2))
    facts.fold.catch_up()
    assert facts.totals()[LISTINGS[0]]["requests"] == 1


@pytest.mark.parametrize("count", [2**63 - 1, 2**63, 2**64 - 1])
def test_an_upstream_may_claim_any_count(journal, facts, count):
    journal.append(start(0), end(0, native=NativeUsage(prompt=count, completion=count)))
    facts.fold.catch_up()
    [row] = facts.rows("SELECT native_prompt, native_completion FROM generation")
    assert set(row.values()) == {2**63 - 1}


def test_a_new_shape_is_folded_from_the_beginning(journal, facts):
    fill(journal, range(3))
    facts.fold.catch_up()
    with facts.engine.begin() as connection:
        connection.execute(text("UPDATE shape SET number = 0"))
        connection.execute(text("ALTER TABLE total DROP COLUMN cancelled"))
        connection.execute(text("UPDATE total SET requests = 1000"))
    facts.restart()
    facts.fold.catch_up()
    assert facts.totals() == recount(journal.directory)
