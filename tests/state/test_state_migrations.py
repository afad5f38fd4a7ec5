import subprocess
import sys

import pytest
from sqlalchemy import inspect, text

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.audits import Audit
from darkhorse.storage.erasures import Subject
from darkhorse.storage.ports import KeyRecord
from darkhorse.storage.state.engine import open_engine
from darkhorse.storage.state.erasures import SqlErasureStore
from darkhorse.storage.state.keys import SqlKeyStore
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.storage.state.migrations import MIGRATIONS, Migration, migrate, open_state
from darkhorse.storage.state.notes import SqlNoteStore
from darkhorse.storage.state.reports import SqlReportStore


class StillClock:
    def now_us(self):
        return 1_770_336_000_000_000

    def monotonic(self):
        return 0.0


CLOCK = StillClock()


def _double(connection):
    connection.execute(text("UPDATE t SET x = x * 2"))


STEPS = (
    Migration(1, "a table", ("CREATE TABLE t (x INTEGER)", "INSERT INTO t VALUES (1)")),
    Migration(2, "a function", _double),
    Migration(3, "a column", ("ALTER TABLE t ADD COLUMN y INTEGER DEFAULT 7",)),
)


@pytest.fixture
def engine(tmp_path):
    engine = open_engine(tmp_path / "state.sqlite")
    yield engine
    engine.dispose()


def rows(engine, query):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.mark.parametrize("older", range(len(STEPS) + 1))
def test_from_each_older_number(engine, older):
    migrate(engine, CLOCK, STEPS[:older])
    taken = migrate(engine, CLOCK, STEPS)
    assert taken == tuple(range(older + 1, 4))
    assert rows(engine, "SELECT x, y FROM t") == [(2, 7)]
    assert rows(engine, "SELECT number, name FROM migration ORDER BY number") == [
        (step.number, step.name) for step in STEPS
    ]


def test_a_second_time_does_nothing(engine):
    migrate(engine, CLOCK, STEPS)
    before = rows(engine, "SELECT * FROM migration")
    assert migrate(engine, CLOCK, STEPS) == ()
    assert rows(engine, "SELECT * FROM migration") == before
    assert before[0][2] == CLOCK.now_us()


def test_a_step_that_fails_leaves_nothing_of_itself_and_is_taken_later(engine):
    broken = (
        *STEPS[:1],
        Migration(2, "half", ("UPDATE t SET x = 50", "INSERT INTO absent VALUES (1)")),
    )
    with pytest.raises(Exception, match="absent"):
        migrate(engine, CLOCK, broken)
    assert rows(engine, "SELECT x FROM t") == [(1,)]
    assert migrate(engine, CLOCK, STEPS) == (2, 3)


def test_a_newer_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "state.sqlite"
    engine = open_engine(path)
    migrate(
        engine, CLOCK, (*MIGRATIONS, Migration(99, "the future", ("CREATE TABLE f (x INTEGER)",)))
    )
    before = rows(engine, "SELECT * FROM migration")
    with pytest.raises(
        ConfigError, match=r"newer Darkhorse \(schema 99, this one knows \d+\)"
    ) as e:
        open_state(path, CLOCK)
    assert "\n" not in str(e.value)
    assert str(path) in str(e.value)
    assert rows(engine, "SELECT * FROM migration") == before
    engine.dispose()


def test_a_file_that_is_no_database_is_one_sentence(tmp_path):
    path = tmp_path / "state.sqlite"
    path.write_bytes(b"not a database, but long enough to look at" * 50)
    with pytest.raises(ConfigError, match="not usable as the state database"):
        open_state(path, CLOCK)


def test_numbers_only_grow():
    assert [step.number for step in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


# Each process goes on a line on its stdin, so that they really meet.
RACER = """
import sys
from pathlib import Path
from darkhorse.base.clock import SystemClock
from darkhorse.storage.state.engine import open_engine
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.storage.state.migrations import Migration, migrate
steps = [Migration(1, "t", ("CREATE TABLE t (x INTEGER)", "INSERT INTO t VALUES (0)"))]
steps += [Migration(n, "more", ("UPDATE t SET x = x + 1",)) for n in range(2, 30)]
print("ready", flush=True)
sys.stdin.readline()
engine = open_engine(Path(sys.argv[1]))
print(len(migrate(engine, SystemClock(), steps)), flush=True)
engine.dispose()
"""


def test_two_processes_at_once_take_each_step_once(tmp_path):
    path = tmp_path / "state.sqlite"
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    taken = [int(racer.communicate(timeout=60)[0]) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0]
    assert sum(taken) == 29
    engine = open_engine(path)
    assert rows(engine, "SELECT x FROM t") == [(28,)]
    engine.dispose()


# --- the shapes that were released: data written under each must be readable now ---

KEY = KeyRecord(hash="ab" * 32, kind="management", label="mine", created_us=5, disabled=True)
OLD_ROWS = {
    1: (
        f"INSERT INTO api_key VALUES ('{KEY.hash}', 'management', 'mine', 5, TRUE)",
        "UPDATE counter SET value = 1 WHERE name = 'keys'",
    ),
    2: (
        f"""INSERT INTO api_key VALUES
            ('{KEY.hash}', 'management', 'mine', 5, TRUE, NULL, '{{}}')""",
        "UPDATE counter SET value = 1",
        """INSERT INTO launch VALUES ('lch-1', 'stealth/mule-beta', 'live',
            '{"listing":{"slug":"stealth/mule-beta","title":"Mule","context":9,"max_output":9},
              "life":{"state":"live","created_us":1,"live_us":2,"closes_us":null,
                      "retired_us":null,"revealed_us":null},
              "changes":[{"at_us":2,"text":"Listed."}],"reveal":null}',
            '{"maker":"M","model":"M-5","endpoint":[{"name":"east","url":"http://127.0.0.1:1"}]}',
            '# text', 1)""",
        "INSERT INTO launch_move VALUES ('lch-1', 0, 'create', 1, 'ann', '', '', '')",
        "INSERT INTO launch_move VALUES ('lch-1', 1, 'go-live', 2, 'ann', 'why', 'Listed.', '')",
    ),
}
OLD_ROWS[3] = (
    f"""INSERT INTO api_key VALUES
        ('{KEY.hash}', 'management', 'mine', 5, TRUE, NULL, '{{}}', NULL, NULL)""",
    f"""INSERT INTO api_key VALUES
        ('{"cd" * 32}', 'developer', 'gone', 6, FALSE, NULL, '{{}}', 7, 8)""",
    *OLD_ROWS[2][1:],
    """INSERT INTO report VALUES
        ('rep-1', 1, 'other', 'text', 'stealth/mule-beta', '', '', 'ad', NULL, '')""",
    """INSERT INTO feedback VALUES ('gen-1', 'stealth/mule-beta', 'cd', 1, 'latency', 'slow')""",
)
OLD_ROWS[4] = (
    *OLD_ROWS[3],
    """INSERT INTO erasure VALUES
        ('ers-1', 'key', 5, '{"keys":["cd"]}', 'facts', '', 1, 2, 3, 4, NULL)""",
    "INSERT INTO erasure VALUES ('ers-0', 'user', 4, NULL, 'done', '', 0, 0, 3, 4, 6)",
)
AUDIT = Audit(
    id="aud-1", listing="stealth/mule-beta", subject="a:b", at_us=1, version="0", findings=()
)
OLD_ROWS[5] = (
    *(
        row.removesuffix(")") + """, '["no-audit"]')""" if "INTO launch_move" in row else row
        for row in OLD_ROWS[4]
    ),
    """INSERT INTO launch_audit VALUES ('aud-1', 'lch-1', 1, '{"id":"aud-1",
        "listing":"stealth/mule-beta","subject":"a:b","at_us":1,"version":"0","findings":[]}')""",
)
OLD_ROWS[6] = tuple(
    row.removesuffix(")") + f", '{'5a' * 32}')" if "INTO launch VALUES" in row else row
    for row in OLD_ROWS[5]
)
OLD_ROWS[7] = (
    *OLD_ROWS[6],
    "INSERT INTO launch_note VALUES ('note-1', 'lch-1', 1, 'They like it.', '', 'A forum')",
)


def test_every_number_has_its_old_rows():
    assert set(OLD_ROWS) == {step.number for step in MIGRATIONS}


@pytest.mark.parametrize("older", sorted(OLD_ROWS))
def test_rows_of_an_older_state_are_read_today(tmp_path, older):
    path = tmp_path / "state.sqlite"
    engine = open_engine(path)
    migrate(engine, CLOCK, MIGRATIONS[:older])
    with engine.begin() as connection:
        for statement in OLD_ROWS[older]:
            connection.exec_driver_sql(statement)
    engine.dispose()
    store = SqlKeyStore(open_state(path, CLOCK))
    assert store.keys() == [KEY]
    assert store.version() == 1
    store.close()
    if older >= 2:
        launches = SqlLaunchStore(open_state(path, CLOCK))
        (launch,) = launches.launches()
        assert (launch.id, launch.life.state, launch.revision) == ("lch-1", "live", 1)
        assert [move.kind for move in launches.moves("lch-1")] == ["create", "go-live"]
        assert {move.accepted for move in launches.moves("lch-1")} == {
            ("no-audit",) if older >= 5 else ()
        }
        assert launches.audits("lch-1") == [AUDIT] * (older >= 5)
        assert launches.version() == 1
        launches.close()
    if older >= 3:
        reports = SqlReportStore(open_state(path, CLOCK))
        assert [report.id for report in reports.reports()] == ["rep-1"]
        assert [each.comment for each in reports.feedback()] == ["slow"]
        reports.close()
    if older >= 4:
        erasures = SqlErasureStore(open_state(path, CLOCK))
        assert [each.id for each in erasures.erasures()] == ["ers-0", "ers-1"]
        (order,) = erasures.unfinished()
        assert order.subject == Subject(keys=("cd",))
        erasures.close()
    if older >= 7:
        notes = SqlNoteStore(open_state(path, CLOCK), str)
        assert [each.text for each in notes.notes("lch-1")] == ["They like it."]
        notes.close()


def test_from_empty(tmp_path):
    engine = open_state(tmp_path / "state.sqlite", CLOCK)
    assert set(inspect(engine).get_table_names()) == {
        *("migration", "api_key", "counter", "launch", "launch_move", "report", "feedback"),
        *("erasure", "launch_audit", "launch_note"),
    }
    engine.dispose()
