"""What limits are restored from: exact, whatever the facts know and wherever the journal ends."""

import logging
import tempfile
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from facts_kit import LISTINGS, Facts, HandJournal, end, start
from hypothesis import given, settings
from hypothesis import strategies as st
from keeper_kit import stop
from sqlalchemy import text

from darkhorse.base.clock import SystemClock
from darkhorse.storage.ledger.facts import FACTS_FILE
from darkhorse.storage.ledger.frame import START
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.read import frames
from darkhorse.storage.ledger.usage import RecentUse, Spending, TodaysUse, Usage, read_usage
from darkhorse.wire.chunks import Usage as Tokens

SECOND = 1_000_000
DAY = 86_400 * SECOND
MIDNIGHT = 20_000 * DAY
NOW = MIDNIGHT + 40 * SECOND  # so that the last minute and the day differ
TIMES = [
    *(NOW - 61 * SECOND, NOW - 60 * SECOND, NOW - 60 * SECOND + 1, NOW - SECOND, NOW),
    *(NOW + 1, NOW + SECOND, MIDNIGHT - 1, MIDNIGHT, NOW - 2 * DAY, NOW + 2 * DAY),
]


def begun(number, at_us=NOW - SECOND, **more):
    who = {"key": f"key {number % 2}", "address": f"address {number % 3}"}
    return start(number, **{"at_us": at_us, **who, **more})


def ended(number, **more):
    return end(number, **{"micro_usd": number % 3 * 10, **more})


def recounted(directory, now_us):
    """The oracle: every frame, one after the other; a keeper may have packed some."""
    starts, tokens, spent, lasted = {}, {}, Counter(), {}
    every = {frame.sequence: frame for frame, _ in frames(directory)}
    packed = Packed(Layout(directory.parent).packed)  # later: a file may go meanwhile
    every |= {frame.sequence: frame for frame in packed.metas()}
    packed.close()
    for _, frame in sorted(every.items()):
        meta = msgspec.json.decode(frame.meta)
        name = meta["id"]
        if frame.kind == START:
            if name not in starts:
                starts[name] = meta
                tokens[name] = None
        elif name in starts and tokens[name] is None:
            usage = meta.get("usage")
            asked = starts[name]["prompt_tokens"]
            tokens[name] = usage["prompt"] + usage["completion"] if usage else asked
            spent[whose(starts[name])] += meta.get("micro_usd", 0)
            lasted[name] = round(meta.get("duration_ms", 0) * 1000)
    recent = [
        (
            (now_us - meta["at_us"]) / SECOND,
            *whose(meta),
            told(tokens[name], meta),
            max(0, now_us - meta["at_us"] - lasted[name]) / SECOND if name in lasted else 0.0,
        )
        for name, meta in starts.items()
        if meta["at_us"] <= now_us and meta["at_us"] + lasted.get(name, 0) > now_us - 60 * SECOND
    ]
    today = Counter(whose(m) for m in starts.values() if m["at_us"] // DAY == now_us // DAY)
    return sorted(recent), dict(today), dict(+spent)


def told(tokens, begun):
    return begun["prompt_tokens"] if tokens is None else tokens


def whose(meta):
    return meta["listing"], meta["key"], meta.get("address", "")


def read(data, now_us=NOW):
    usage = read_usage(Layout(data), now_us)
    assert usage.recent == sorted(usage.recent, key=lambda use: -use.seconds_ago)
    today = {(t.listing, t.key, t.address): t.requests for t in usage.today}
    spent = {(s.listing, s.key, s.address): s.micro_usd for s in usage.spent}
    assert (len(today), len(spent)) == (len(usage.today), len(usage.spent))
    return sorted(msgspec.structs.astuple(use) for use in usage.recent), today, spent


def test_running_counts_its_prompt_and_ended_counts_all_of_it(journal, facts, tmp_path):
    journal.append(begun(0, NOW - 5 * SECOND), begun(2, NOW - 3 * SECOND), ended(2))
    expected = Usage(
        recent=[
            RecentUse(5.0, LISTINGS[0], "key 0", "address 0", 10),
            RecentUse(3.0, LISTINGS[0], "key 0", "address 2", 22 + 32, 2.9005),
        ],
        today=[
            TodaysUse(LISTINGS[0], "key 0", "address 0", 1),
            TodaysUse(LISTINGS[0], "key 0", "address 2", 1),
        ],
        spent=[Spending(LISTINGS[0], "key 0", "address 2", 20)],
    )
    assert read_usage(Layout(tmp_path), NOW) == expected
    facts.fold.catch_up()
    assert read_usage(Layout(tmp_path), NOW) == expected


def test_a_free_listing_spends_nothing(journal, facts, tmp_path):
    journal.append(begun(0), ended(0, micro_usd=0), begun(1), ended(1, micro_usd=0))
    assert read(tmp_path)[2] == {}
    facts.fold.catch_up()
    assert read(tmp_path)[2] == {}
    assert facts.rows("SELECT * FROM spent") == []


def test_an_interrupted_one_counts_its_prompt(journal, tmp_path):
    journal.append(begun(0), ended(0, outcome="interrupted", usage=None))
    assert [row[-2] for row in read(tmp_path)[0]] == [10]


def test_an_answer_of_no_tokens_counts_what_was_told(journal, facts, tmp_path):
    journal.append(begun(0), ended(0, usage=Tokens(7, 0)))
    facts.fold.catch_up()
    assert [row[-2] for row in read(tmp_path)[0]] == [7]


def test_a_long_answer_that_ended_just_now_counts(journal, facts, tmp_path):
    journal.append(begun(0, NOW - 90 * SECOND), ended(0, duration_ms=88_000.0))
    journal.append(begun(1, NOW - 900 * SECOND), ended(1, duration_ms=800_000.0))
    for _ in range(2):
        (row,) = read(tmp_path)[0]
        assert (row[0], row[-1]) == (90.0, 2.0)
        facts.fold.catch_up()


@pytest.mark.parametrize("folded", range(9))
def test_wherever_the_keeper_stopped_the_journal_says_the_rest(
    journal, facts, tmp_path, folded, caplog
):
    for number in range(2):
        journal.append(begun(number), begun(number + 2), ended(number), ended(number + 2))
    facts.fold.apply(list(frames(journal.directory))[:folded])
    caplog.set_level(logging.INFO)
    assert read(tmp_path) == recounted(journal.directory, NOW)
    assert len(read(tmp_path)[0]) == 4
    assert ("reading all" in caplog.text) == (folded == 0)


def test_dropped_files_are_remembered_by_the_facts(journal, facts, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    journal.append(begun(2), begun(5))
    old = journal.path
    journal.begin_file()
    journal.append(ended(2))
    facts.fold.catch_up()
    before = recounted(journal.directory, NOW)
    old.unlink()
    assert read(tmp_path) == before
    journal.append(ended(5), begun(8))
    recent, today, spent = read(tmp_path)
    assert len(recent) == 3
    assert sum(today.values()) == 3
    assert sum(spent.values()) == 40
    assert caplog.text == ""


def no_facts(facts):
    facts.close()
    for path in facts.data.glob(f"{FACTS_FILE}*"):
        path.unlink()


def another_shape(facts):
    with facts.engine.begin() as connection:
        connection.execute(text("UPDATE shape SET number = 1"))
        connection.execute(text("UPDATE used SET requests = 1000"))


def no_tables(facts):
    no_facts(facts)
    (facts.data / FACTS_FILE).touch()


def no_database(facts):
    no_facts(facts)
    (facts.data / FACTS_FILE).write_bytes(b"not a database, but long enough to look at" * 50)


def no_such_table(facts):
    with facts.engine.begin() as connection:
        connection.execute(text("DROP TABLE spent"))


def a_bookmark_of_nowhere(facts):
    with facts.engine.begin() as connection:
        connection.execute(text("UPDATE position SET file = 'x', before_file = 'x'"))


@pytest.mark.parametrize(
    "spoil",
    [no_facts, another_shape, no_tables, no_database, no_such_table, a_bookmark_of_nowhere],
)
def test_facts_that_cannot_be_trusted_are_left_alone(journal, facts, tmp_path, spoil, caplog):
    caplog.set_level(logging.INFO)
    journal.append(*(begun(number) for number in range(6)), *map(ended, range(5)))
    facts.fold.catch_up()
    spoil(facts)
    assert read(tmp_path) == recounted(journal.directory, NOW)
    [record] = caplog.records
    assert record.levelno == logging.INFO
    assert "reading all of it" in record.message


def test_facts_ahead_of_the_journal_are_left_alone(journal, facts, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    journal.append(begun(0), ended(0))
    size = journal.path.stat().st_size
    journal.append(begun(1), ended(1))
    facts.fold.catch_up()
    journal.cut(size)
    assert read(tmp_path) == recounted(journal.directory, NOW)
    assert len(read(tmp_path)[0]) == 1
    assert "reading all of it" in caplog.text


def test_where_there_is_nothing_nothing_is_used_and_nothing_said(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    assert read(tmp_path) == ([], {}, {})
    HandJournal(tmp_path / "journal")
    assert read(tmp_path) == ([], {}, {})
    assert caplog.text == ""
    assert not (tmp_path / FACTS_FILE).exists()


def test_a_journal_longer_than_a_batch(journal, facts, tmp_path):
    for number in range(700):
        journal.append(begun(number), ended(number))
    assert read(tmp_path) == recounted(journal.directory, NOW)
    facts.fold.apply(list(frames(journal.directory))[:3])
    assert read(tmp_path) == recounted(journal.directory, NOW)


NUMBER = st.integers(0, 6)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("start"), NUMBER, st.sampled_from(TIMES)),
        st.tuples(st.just("end"), NUMBER, st.none()),
        st.sampled_from(["fold", "fold a frame", "new file", "power cut", "read"]),
    ),
    max_size=50,
)


@given(steps=STEPS)
@settings(max_examples=100, deadline=None)
def test_it_is_what_a_plain_count_of_all_frames_says(steps):
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        journal, facts = HandJournal(data / "journal"), Facts(data)
        for step in steps:
            take(step, journal, facts)
        assert read(data) == recounted(journal.directory, NOW)
        facts.fold.catch_up()
        assert read(data) == recounted(journal.directory, NOW)
        facts.close()


def take(step, journal, facts):
    match step:
        case "fold":
            facts.fold.catch_up()
        case "fold a frame":
            facts.fold.apply(list(facts.fold._unfolded())[:1])
        case "new file":
            journal.begin_file()
        case "power cut":
            sizes = [position.offset for _, position in frames(journal.directory)]
            if sizes and journal.path.stat().st_size == sizes[-1]:
                journal.cut(journal.path.stat().st_size - 1)
                journal.begin_file()
        case "read":
            assert read(facts.data) == recounted(journal.directory, NOW)
        case "start", number, at_us:
            journal.append(begun(number, at_us))
        case "end", number, _:
            journal.append(ended(number))


def test_beside_a_keeper_that_folds_and_dies(house):
    now_us = SystemClock().now_us() + 30 * SECOND  # the writers' times are the clock's
    for name in "abc":
        writer = house.writer(name)
        keeper = house.keeper()
        house.kill(writer)
        exact = recounted(house.journal, now_us)
        assert read(house.data, now_us) == exact
        house.kill(keeper)
        assert read(house.data, now_us) == exact
    assert len(exact[0]) > 20
    (house.data / FACTS_FILE).unlink()
    (house.data / f"{FACTS_FILE}-wal").unlink(missing_ok=True)  # a killed keeper leaves one
    keeper = house.keeper(wait=False)
    while keeper.poll() is None and not house.is_exact():
        assert read(house.data, now_us) == exact
    assert stop(keeper) == 0
    assert read(house.data, now_us) == exact
