"""Orders as the state keeps them, the command that makes them, and those that a promise makes."""

import json
import stat
from contextlib import closing

import pytest
from click.testing import CliRunner

from darkhorse.cli.ledger.erase import erase_command
from darkhorse.storage.erasures import Erasure, Subject
from darkhorse.storage.ledger.forget.retain import Retain
from darkhorse.storage.ports import KeyRecord
from darkhorse.storage.reports import Report
from darkhorse.storage.state.erasures import SqlErasureStore
from darkhorse.storage.state.keys import SqlKeyStore
from darkhorse.storage.state.migrations import open_state
from darkhorse.storage.state.reports import SqlReportStore
from forget.forget_kit import (
    FIRST_US,
    LATER_US,
    SUBJECTS,
    Ledger,
    canary,
    expected_bodies,
    key_of,
    name_of,
)

DAY_US = 86_400_000_000


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "data")
    keys = SqlKeyStore(open_state(made.data / "state.sqlite", made.clock))
    for subject in SUBJECTS:
        keys.add(KeyRecord(hash=key_of(subject), kind="developer", label=subject, created_us=1))
    keys.delete(key_of("cyd"), 2, lambda *_: None)
    keys.close()
    yield made
    made.close()


def erase(ledger, *options, given=None):
    return CliRunner().invoke(erase_command, [*options, "--data", str(ledger.data)], input=given)


def test_a_command_shows_asks_and_erases_where_no_server_runs(ledger):
    ledger.write()
    refused = erase(ledger, "--key", "ann", given="n\n")
    assert refused.exit_code == 1
    assert "generations" in refused.stderr
    assert ledger.store.erasures() == []
    done = erase(ledger, "--key", "ann", given="y\n")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("3 generations, ")
    ledger.keep(seal=False)
    assert ledger.bodies() == expected_bodies(("ben", "cyd"))
    assert json.loads(erase(ledger, "--list", "--json").stdout)[0]["generations"] == 3


def test_reports_that_name_no_generation_are_told_of(ledger):
    ledger.write()
    reports = SqlReportStore(open_state(ledger.data / "state.sqlite", ledger.clock))
    for number, generation in enumerate(("", "", name_of("ann", 0))):
        left = Report(id=f"rep-{number}", at_us=1, what="x", text="ann", generation=generation)
        reports.add(left, since_us=0, most=9, most_open=9)
    refused = erase(ledger, "--key", "ann", given="n\n")
    assert "name no generation: 2." in refused.stderr
    told = json.loads(erase(ledger, "--generation", "gen-none", "--json").stdout)
    assert told["found"]["reports_beside"] == 2
    reports.close()


def test_a_user_of_every_key_and_a_deleted_key(ledger):
    ledger.write()
    done = erase(ledger, "--user", canary("ben", "user"), "--yes", "--json")
    told = json.loads(done.stdout)
    assert (told["found"]["generations"], told["order"]["stage"]) == (3, "done")
    assert told["order"]["kind"] == "user"
    told = json.loads(erase(ledger, "--key", "cyd", "--yes", "--json").stdout)
    assert told["order"]["generations"] == 3
    assert ledger.store.key_hashes()[key_of("cyd")] == ""  # its label went with it
    assert ledger.store.key_hashes()[key_of("ann")] == "ann"
    ledger.keep(seal=False)
    assert ledger.bodies() == expected_bodies(("ann",))


def test_generations_by_id_even_where_a_server_was_killed_in_one(ledger):
    ledger.write(open_ended={("ann", 2)})
    options = ["--generation", name_of("ann", 2), "--generation", name_of("ben", 0)]
    told = json.loads(erase(ledger, *options, "--yes", "--json").stdout)
    assert told["found"]["running"] == 1
    assert (told["order"]["stage"], told["order"]["generations"]) == ("done", 2)
    ledger.keep(seal=False)
    expected = expected_bodies(SUBJECTS)
    del expected[name_of("ann", 2)], expected[name_of("ben", 0)]
    assert ledger.bodies() == expected


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "Say what to erase"),
        (["--key", "nobody"], "No key is called `nobody`"),
        (["--key", "ann", "--generation", "gen-1"], "not both"),
        (["--key", "a"], "No key is called `a`"),
    ],
)
def test_a_mistake_is_one_sentence(ledger, options, says):
    done = erase(ledger, *options, "--yes")
    assert done.exit_code == 1
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert ledger.store.erasures() == []


def test_nothing_there_is_said(ledger):
    ledger.write()
    done = erase(ledger, "--generation", "gen-none", "--yes")
    assert done.stdout == "There is nothing of it in the ledger.\n"
    assert ledger.store.erasures() == []


def test_a_subject_is_read_as_it_was_written(ledger):
    subject = Subject(keys=("a", "b"), people=("p",), before={"stealth/pony-alpha": 5})
    ledger.order(subject)
    with closing(SqlErasureStore(open_state(ledger.data / "state.sqlite", ledger.clock))) as other:
        (order,) = other.unfinished()
        assert (order.subject, order.stage) == (subject, "ordered")
        assert other.erasure("ers-none") is None
    mode = stat.S_IMODE((ledger.data / "state.sqlite").stat().st_mode)
    assert mode == 0o600


class _Settled:
    def __init__(self):
        self.now = FIRST_US
        self.is_settled = False

    def now_us(self):
        return self.now


def test_a_promise_is_kept_once_a_day_by_a_clock_that_is_sure(ledger):
    clock, ids = _Settled(), iter(f"ers-{number}" for number in range(9))
    days = {"stealth/pony-alpha": 1}
    chore = Retain(lambda: days, ledger.store, clock=clock, new_id=lambda: next(ids))
    ledger.write()
    ledger.keep(seal=False)
    chore.step()
    assert ledger.store.unfinished() == []  # the clock is in doubt
    clock.is_settled = True
    chore.step()
    (order,) = ledger.store.unfinished()
    assert order.kind == "retention"
    ledger.run()
    assert ledger.store.erasures() == []  # nothing was that old: no line in the list
    chore.step()
    assert ledger.store.unfinished() == []  # not again today
    clock.now = FIRST_US + DAY_US + 5_000_000  # four of them are over a day old by then
    chore.step()
    ledger.run()
    assert len(ledger.bodies()) == 5
    (done,) = ledger.store.erasures()
    assert (done.kind, done.stage, done.generations) == ("retention", "done", 4)
    days.clear()
    clock.now += 2 * DAY_US
    chore.step()
    assert ledger.store.unfinished() == []


def test_orders_that_lie_there_are_gone_on_with(ledger):
    ledger.write()
    ledger.keep(seal=False)
    for number, subject in enumerate(SUBJECTS[:2]):
        ledger.store.add(
            Erasure(
                id=f"ers-{number}",
                kind="key",
                asked_us=LATER_US + number,
                subject=Subject(keys=(key_of(subject),)),
            )
        )
    done = erase(ledger, "--wait", "--json")
    assert [each["generations"] for each in json.loads(done.stdout)] == [3, 3]
    assert ledger.bodies() == expected_bodies(("cyd",))
    assert erase(ledger, "--wait").stdout == "Every order is done.\n"
