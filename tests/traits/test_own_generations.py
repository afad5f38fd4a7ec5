"""The list of one key's own generations: nobody else's, nothing that is private, newest first."""

import pytest
from traits_kit import NOON, House, end, start

from darkhorse.storage.accounting import OwnGeneration
from darkhorse.storage.ledger.traits.own import LedgerOwnGenerations

MINE, ALIKE = "ab" * 32, "ab" * 31 + "cd"  # the same as far as the index goes
SECOND_US = 1_000_000


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path / "data")
    yield house
    house.close()


@pytest.fixture
def own(house):
    own = LedgerOwnGenerations(house.layout.traits)
    yield own
    own.close()


def ids(rows):
    return [each.id for each in rows]


def test_before_anything_is_described_there_is_none(tmp_path):
    own = LedgerOwnGenerations(tmp_path / "traits.sqlite")
    assert own.newest(MINE) == []
    own.close()


def test_rows_are_the_keys_own_newest_first(house, own):
    for number in range(6):
        house.add(start(number, key=MINE if number % 2 else ALIKE))
        house.add(end(number, micro_usd=7, first_token_ms=1.5, duration_ms=2.5))
    house.describe()
    rows = own.newest(MINE)
    assert ids(rows) == ["gen-5", "gen-3", "gen-1"]
    assert ids(own.newest(ALIKE)) == ["gen-4", "gen-2", "gen-0"]
    assert own.newest("ab" * 32 + "x") == own.newest("") == []
    assert rows[0] == OwnGeneration(
        id="gen-5",
        at_us=NOON + 5 * SECOND_US,
        listing="stealth/pony",
        dialect="chat",
        streamed=False,
        prompt_tokens=20,
        outcome="done",
        finish="stop",
        status=200,
        completion_tokens=30,
        reasoning_tokens=5,
        micro_usd=7,
        first_token_ms=1.5,
        duration_ms=2.5,
    )


def test_one_that_runs_has_no_end(house, own):
    house.add(start(1))
    house.describe()
    (row,) = own.newest(MINE)
    assert (row.outcome, row.status, row.duration_ms, row.micro_usd) == (None, None, None, 0)


def test_pages_have_no_gap_where_moments_are_the_same(house, own):
    for number in range(9):
        house.add(start(number, at_us=NOON + number // 3))
    house.describe()
    found, before = [], None
    while rows := own.newest(MINE, limit=2, before=before):
        found += rows
        before = rows[-1].at_us, rows[-1].id
    assert sorted(ids(found)) == [f"gen-{number}" for number in range(9)]
    assert [each.at_us for each in found] == sorted((e.at_us for e in found), reverse=True)


def test_days_are_cut_out(house, own):
    for number in range(4):
        house.add(start(number))
    house.describe()
    asked = {"since_us": NOON + SECOND_US, "until_us": NOON + 3 * SECOND_US}
    assert ids(own.newest(MINE, **asked)) == ["gen-2", "gen-1"]


def test_nothing_private_has_a_place():
    private = {"endpoint", "attempts", "preview", "person", "session", "key", "address", "category"}
    assert not private & set(OwnGeneration.__struct_fields__)
