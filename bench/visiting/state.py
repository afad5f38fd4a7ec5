"""Launches, keys and reports of the month, through the product's own stores and moves.

Keys alone are put into their table in one go: five thousand transactions would take a minute.
"""

from collections.abc import Iterator
from pathlib import Path

from growing.keeping import HandClock
from sqlalchemy import MetaData, Table, insert

from darkhorse.launches import file
from darkhorse.launches.desk import Desk, Reason
from darkhorse.storage.reports import Feedback, Report
from darkhorse.storage.state.engine import writing
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.storage.state.reports import SqlReportStore
from darkhorse.wiring.keys import ensure_first_keys
from darkhorse.wiring.state import open_state_in
from visiting.month import DAYS, ENDPOINTS, KEYS, TRIALS, Dealt, Trial, key_hash

DAY_US = 86_400_000_000
_WHY = Reason("the bench", "to measure", ("no-audit",))
_REPORTS = 40
_PACED = "rhythm.first_ms = 800\nrhythm.chars_per_s = 250\n"


def write_state(data: Path, end_us: int) -> None:
    """All that is known before anybody asks anything."""
    clock = HandClock(end_us - (DAYS + 1) * DAY_US)
    ensure_first_keys(data, clock)
    engine = open_state_in(data, clock)
    desk = Desk(SqlLaunchStore(engine), clock, _ids("lch").__next__)
    for trial in TRIALS:
        _live_through(desk, trial, clock, end_us)
    table = Table("api_key", MetaData(), autoload_with=engine)
    with writing(engine).begin() as connection:
        connection.execute(insert(table), [_key(number, end_us) for number in range(KEYS)])
    engine.dispose()


def write_said(data: Path, newest: list[Dealt], end_us: int) -> None:
    """What people said of the newest generations: reports of abuse, and feedback."""
    engine = open_state_in(data, HandClock(end_us))
    store = SqlReportStore(engine)
    for number, one in enumerate(newest[:_REPORTS]):
        store.add(_report(number, one), since_us=0, most=_REPORTS, most_open=_REPORTS)
        store.add_feedback(_feedback(newest[-1 - number]))
    engine.dispose()


def _ids(kind: str) -> Iterator[str]:
    return (f"{kind}-{number:020}" for number in range(1, 1 << 30))


def _live_through(desk: Desk, trial: Trial, clock: HandClock, end_us: int) -> None:
    clock.us = end_us - int(trial.began * DAY_US)
    launch = desk.go_live(desk.create(file.parse(_text(trial), trial.slug), _WHY), _WHY)
    if trial.ended is not None:
        clock.us = end_us - int(trial.ended * DAY_US)
        launch = desk.retire(launch, _WHY)
    if trial.revealed:
        clock.us += DAY_US
        desk.reveal(launch, _WHY, text="Thank you all.", successor="")


def _text(trial: Trial) -> str:
    endpoints = "".join(
        f"[[private.endpoint]]\nname = '{name}'\nurl = 'http://127.0.0.1:9/v1'\nmodel = 'm'\n"
        for name in ENDPOINTS
    )
    maker, model = f"Laboratory {trial.title[::-1]}", f"Model {trial.title[::-1]}"
    return (
        f"[public]\nslug = '{trial.slug}'\ntitle = '{trial.title}'\ncontext = 200000\n"
        "description = 'A model of a laboratory that is not named, for code and long work.'\n"
        "max_output = 32000\nparameters = ['tools', 'temperature', 'response_format']\n"
        f"{_PACED if trial.paced else ''}[private]\nmaker = '{maker}'\nmodel = '{model}'\n"
        f"{endpoints}"
    )


def _key(number: int, end_us: int) -> dict[str, object]:
    return {
        "hash": key_hash(number),
        "kind": "developer",
        "label": f"Team {number}",
        "created_us": end_us - DAYS * DAY_US + number,
        "disabled": number % 50 == 49,
        "limits": "{}",
    }


def _report(number: int, one: Dealt) -> Report:
    return Report(
        id=f"rep-{number:020}",
        at_us=one.start.at_us,
        what="harm",
        text="It told me how to do something that it should not have told me.",
        listing=one.start.listing,
        generation=one.start.id,
        contact="somebody@mail.example",
    )


def _feedback(one: Dealt) -> Feedback:
    return Feedback(
        generation=one.start.id,
        listing=one.start.listing,
        key=one.start.key,
        at_us=one.end.at_us,
        category="incorrect_response",
        comment="The third step is wrong.",
    )
