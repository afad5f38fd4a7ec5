import stat

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.state.engine import open_engine, open_reader, writing


@pytest.fixture
def path(tmp_path):
    return tmp_path / "some.sqlite"


def pragma(engine, name):
    with engine.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_opens_in_wal_with_every_commit_synced_and_references_checked(path):
    engine = open_engine(path)
    assert pragma(engine, "journal_mode") == "wal"
    assert pragma(engine, "synchronous") == 2  # FULL
    assert pragma(engine, "foreign_keys") == 1
    assert pragma(engine, "busy_timeout") > 0
    engine.dispose()


def test_only_the_owner_may_read_it_or_its_log(path):
    path.touch(mode=0o644)
    for _ in range(2):
        engine = open_engine(path)
        with writing(engine).begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS t (x INTEGER)"))
            for file in path.parent.iterdir():
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        assert len(list(path.parent.iterdir())) == 3  # database, log, index
        engine.dispose()


def test_a_failed_transaction_takes_its_ddl_back(path):
    engine = open_engine(path)
    with pytest.raises(OperationalError), writing(engine).begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
        connection.execute(text("INSERT INTO nothing VALUES (1)"))
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master")).all()
    engine.dispose()
    assert tables == []


def test_a_reader_sees_one_state_while_a_writer_goes_on_and_cannot_write(path):
    engine, reader = open_engine(path), open_reader(path)
    with writing(engine).begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    with reader.connect() as reading:
        assert reading.execute(text("SELECT count(*) FROM t")).scalar() == 0
        with writing(engine).begin() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
        assert reading.execute(text("SELECT count(*) FROM t")).scalar() == 0
        with pytest.raises(OperationalError, match="readonly"):
            reading.execute(text("INSERT INTO t VALUES (2)"))
    with reader.connect() as reading:
        assert reading.execute(text("SELECT count(*) FROM t")).scalar() == 1
    engine.dispose()
    reader.dispose()


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    with pytest.raises(ConfigError, match=r"absent/x\.sqlite: cannot be written"):
        open_engine(tmp_path / "absent" / "x.sqlite")
