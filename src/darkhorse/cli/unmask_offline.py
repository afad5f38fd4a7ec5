"""`darkhorse unmask --from` and `--listing`: answers that are there already."""

from collections.abc import Sequence
from pathlib import Path

import click
from msgspec import Struct, structs

from darkhorse.attribution.judging import judge
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.reading import Reading, grouped, read_files, where
from darkhorse.attribution.records import Record
from darkhorse.attribution.verdict import Case
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.base.plain import plain
from darkhorse.cli.unmask_telling import OnProgress, counting, told_bad
from darkhorse.wiring.unmask import newest_of_each
from darkhorse.wiring.unmask_listing import observations_of

__all__ = ["Offline", "cases_of"]

_MOST_TOLD = 30  # fields


class Offline(Struct, frozen=True):
    """What the command line said."""

    files: tuple[str, ...]
    by: tuple[str, ...]
    where: dict[str, str]
    listing: str
    last: int


def cases_of(order: Offline, known: Library, data: Path) -> list[Case]:
    """One case, or one for each group. Raises ConfigError."""
    with counting() as on_progress:
        groups = _groups(order, data, on_progress)
        cases = []
        for done, (subject, seen) in enumerate(groups):
            on_progress("weighing", done, len(groups))
            cases.append(_case(subject, seen, known))
        return cases


def _case(subject: str, seen: Sequence[Observation], known: Library) -> Case:
    at = SystemClock().now_us() // 1_000_000
    return structs.replace(judge(newest_of_each(seen), known), subject=subject, at=at)


def _groups(
    order: Offline, data: Path, on_progress: OnProgress
) -> list[tuple[str, list[Observation]]]:
    if order.listing:
        if order.by or order.where:
            raise ConfigError("--by and --where choose among the records of --from FILE.")
        return [(f"listing {order.listing}", observations_of(data, order.listing, order.last))]
    sizes = {name: Path(name).stat().st_size for name in order.files if Path(name).is_file()}
    reading = read_files(
        order.files, lambda name, done: on_progress(f"reading {name}", done, sizes.get(name, 0))
    )
    told_bad(reading)
    records = where(reading.records, order.where)
    if not records:
        raise ConfigError(_nothing(order, reading))
    names = ", ".join(order.files)
    _demand(order.by, records)
    _advise(order, len({each.fields["model"] for each in records if each.fields.get("model")}))
    found = grouped(records, order.by)
    return [(each.name or names, [record.seen for record in each.records]) for each in found]


def _nothing(order: Offline, reading: Reading) -> str:
    names = ", ".join(order.files)
    if reading.records:
        return f"{names}: none of {len(reading.records):,} records fits --where."
    return f"{names}: no line of it could be read as an answer ({reading.bad_count:,} were bad)."


def _demand(names: Sequence[str], records: Sequence[Record]) -> None:
    """Raises ConfigError for a field that no record has: all would be one group."""
    there = {name for each in records for name in each.fields}
    for name in names:
        if name not in there:
            told = ", ".join(sorted(plain(each) for each in there)[:_MOST_TOLD])
            raise ConfigError(f"--by {name}: no record has it; there are: {told or 'none'}.")


def _advise(order: Offline, models: int) -> None:
    if models > 1 and not order.by and "model" not in order.where:
        click.echo(
            f"These are answers of {models} models by name; --by model judges each apart.", err=True
        )
