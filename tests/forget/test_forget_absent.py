"""A text is found wherever it may hide, or the place is told that could not be searched."""

import json
import sqlite3
from contextlib import closing

import duckdb
import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.forget.absent import places_of
from forget.forget_kit import Ledger

NEEDLE = 'canary "é"'


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data" / "deep" / "er").mkdir(parents=True)
    return tmp_path / "data"


@pytest.mark.parametrize(
    "content",
    [
        NEEDLE.encode(),
        json.dumps(NEEDLE).encode(),
        json.dumps(NEEDLE, ensure_ascii=False).encode(),
        b"\0" * (4 << 20) + NEEDLE.encode(),
        b"\0" * ((4 << 20) - 5) + NEEDLE.encode() + b"\0" * 9,
    ],
    ids=["as it is", "escaped", "quoted", "in the second chunk", "across two chunks"],
)
def test_in_a_file(data, content):
    path = data / "deep" / "er" / "any.log"
    path.write_bytes(content)
    (place,) = places_of(data, NEEDLE)
    assert place == f"{path}: at byte {content.find(b'canary'):,}"
    assert places_of(data, "canary nowhere") == []


def test_in_a_name(data):
    (data / "deep" / "canary-file").touch()
    assert places_of(data, "canary-file") == [f"{data}/deep/canary-file: in its name"]


def test_in_a_database(data):
    path = data / "x.sqlite"
    with closing(sqlite3.connect(path)) as sql:
        sql.execute('CREATE TABLE "odd ""table" (a, "b c", PRIMARY KEY (a)) WITHOUT ROWID')
        sql.execute('INSERT INTO "odd ""table" VALUES (1, ?)', ("x" * 9_000 + "canaryhere",))
        sql.execute("CREATE VIRTUAL TABLE words USING fts5(w, content='', detail=none)")
        sql.execute("INSERT INTO words (rowid, w) VALUES (1, 'abacus canaryhere zebra')")
        sql.commit()
        found = places_of(data, "canaryhere")
        assert f'{path}: in column b c of table odd "table' in found
        assert f"{path}: its words in the index words" in found


def test_in_a_table_whose_pages_are_compressed(data):
    path = data / "deep" / "part.parquet"
    with duckdb.connect() as sql:
        rows = "SELECT 'noise' || i || 'canaryhere' AS a, {'b': ['x']} AS c FROM range(9000) t(i)"
        sql.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    assert f"{path}: in column a" in places_of(data, "canaryhere")
    assert places_of(data, "canarythere") == []


def test_in_a_block_of_a_segment(tmp_path):
    ledger = Ledger(tmp_path / "data")
    ledger.write()
    ledger.keep(seal=False)
    ledger.close()
    found = places_of(ledger.data, "canarymediaofann")
    assert [place for place in found if "/packed/blobs-00000001-0.dhs: in the block at" in place]
    assert not [place for place in found if "records" in place]


def test_what_cannot_be_searched_is_told(tmp_path):
    ledger = Ledger(tmp_path / "data")
    ledger.write()
    ledger.keep(seal=False)
    ledger.close()
    path = ledger.layout.packed / "blobs-00000001-0.dhs"
    raw = bytearray(path.read_bytes())
    raw[200] ^= 1
    path.write_bytes(raw)
    (ledger.data / "broken.parquet").write_bytes(b"PAR1 nothing of the kind PAR1")
    (ledger.data / "broken.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 4000)
    told = places_of(ledger.data, "nobody ever said this")
    assert len(told) == 3
    assert all("not searched" in each for each in told)


def test_a_short_text_and_no_directory_are_refused(data, tmp_path):
    with pytest.raises(ConfigError, match="4 characters"):
        places_of(data, "abc")
    with pytest.raises(ConfigError, match="no directory"):
        places_of(tmp_path / "nowhere", "canary")


def test_progress_ends_at_the_end(data):
    (data / "a").write_bytes(b"x" * 70)
    (data / "b").write_bytes(b"x" * 30)
    told = []
    places_of(data, "canary", lambda done, total: told.append((done, total)))
    assert told[-1] == (100, 100)
