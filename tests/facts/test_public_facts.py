"""What the public may read, and when."""

import pytest
from facts_kit import LISTINGS, end, start

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.facts import FACTS_FILE, PublicFactsReader, open_facts
from darkhorse.storage.ports import ListingTotals


@pytest.fixture
def reader(tmp_path):
    reader = PublicFactsReader(tmp_path / FACTS_FILE)
    yield reader
    reader.close()


def test_no_file_yet_is_no_totals_and_makes_none(reader, tmp_path):
    assert reader.totals() == {}
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_tables_yet_is_no_totals(reader, tmp_path):
    (tmp_path / FACTS_FILE).touch()
    assert reader.totals() == {}


def test_a_reader_opened_before_all_follows(reader, journal, facts):
    assert reader.totals() == {}
    journal.append(start(4), end(4))
    facts.fold.catch_up()
    assert reader.totals() == {
        LISTINGS[0]: ListingTotals(
            listing=LISTINGS[0], requests=1, prompt_tokens=24, completion_tokens=34
        )
    }
    journal.append(start(8), end(8))
    facts.fold.catch_up()
    assert reader.totals()[LISTINGS[0]].requests == 2


def test_a_file_made_anew_is_followed_too(reader, journal, facts, tmp_path):
    journal.append(start(4), end(4))
    facts.fold.catch_up()
    before = reader.totals()
    facts.close()
    for path in tmp_path.glob(f"{FACTS_FILE}*"):
        path.unlink()
    assert reader.totals() == {}
    facts.open()
    facts.fold.catch_up()
    assert reader.totals() == before


def test_the_last_whole_state_is_read_after_the_keeper_is_gone(reader, journal, facts):
    journal.append(start(4), end(4))
    facts.fold.catch_up()
    facts.close()
    assert reader.totals()[LISTINGS[0]].requests == 1


def test_a_file_that_is_no_database_is_one_sentence_with_the_remedy(tmp_path):
    path = tmp_path / FACTS_FILE
    path.write_bytes(b"not a database, but long enough to look at" * 50)
    with pytest.raises(ConfigError, match="which makes it again"):
        open_facts(path)
