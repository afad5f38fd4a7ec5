"""Is everything there, once and whole? verify."""

import sys
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from darkhorse.cli.ledger.telling import line, progress, size_of, told
from darkhorse.cli.options import data_option, json_option
from darkhorse.wiring.ledger_verify import LedgerReport, VerifyReport, places_of, verify_ledger

__all__ = ["verify_command"]

_SHOWN = 50  # lines of a kind; --json has all

_REMEDY = """\
Copy the data directory before anything else. Every frame outside the damage is whole and stays
readable; the server runs on beside it. What was inside, or in a file that is missing, is lost
unless a backup has the file: stop the server, put the backup's file in place, and verify again.
Without a backup, `darkhorse ledger repair` makes again what can be made, and asks before it gives
up the rest. Delete *.checkpoint only when verify is content: it alone knows the newest files."""


@click.command("verify")
@data_option
@json_option
@click.option("--absent", metavar="TEXT", help="Look for TEXT in every byte instead.")
def verify_command(data: Path, as_json: bool, absent: str | None) -> None:  # noqa: FBT001 (click passes by name)
    """Check every byte, name and count. Exit status 1 if anything is wrong.

    With --absent: is TEXT nowhere in the data directory, packed or not? Exit status 1 if it is.
    """
    if absent is not None:
        _search_all(data, absent, as_json=as_json)
        return
    with told(), progress("verifying") as on_progress:
        report = verify_ledger(data, on_progress)
    if as_json:
        line(_as_json(report))
    else:
        _print(report)
    if not report.ok:
        sys.exit(1)


def _search_all(data: Path, text: str, *, as_json: bool) -> None:
    with told(), progress("searching") as on_progress:
        places = places_of(data, text, lambda done, total: on_progress("", done, total))
    if as_json:
        line({"ok": not places, "places": places})
    else:
        for place in places:
            click.echo(place)
        click.echo("It is nowhere." if not places else "It is still there.", err=bool(places))
    if places:
        sys.exit(1)


def _as_json(report: LedgerReport) -> dict[str, object]:
    packed = {**msgspec.to_builtins(report.packed), "ok": report.packed.ok}
    packed.pop("unresolved")
    return {
        "ok": report.ok,
        "generations": _generations(report),
        **(msgspec.to_builtins(report.journal) if report.journal else {}),
        "packed": packed,
        "facts": msgspec.to_builtins(report.facts),
        "faults": msgspec.to_builtins(report.faults),
        "problems": report.problems(),
    }


def _print(report: LedgerReport) -> None:
    table = Table(show_header=False, box=None)
    rows = {"generations": f"{_generations(report):,}"}
    for name, value in (rows | _journal(report.journal) | _packed(report) | _facts(report)).items():
        table.add_row(name, value)
    Console().print(table)
    if report.ok:
        click.echo("Everything acknowledged is there, once and whole.")
        return
    problems = report.problems()
    for problem in problems[:_SHOWN]:
        click.echo(problem, err=True)
    if len(problems) > _SHOWN:
        click.echo(f"… and {len(problems) - _SHOWN:,} more; --json has all", err=True)
    _print_broken(report)
    click.echo(_REMEDY, err=True)


def _print_broken(report: LedgerReport) -> None:
    broken = report.packed.broken_generations
    count = len(broken) + report.packed.more_broken
    if not count:
        return
    names = ", ".join(broken[:_SHOWN])
    more = f" … and {count - _SHOWN:,} more" if count > _SHOWN else ""
    click.echo(f"{count:,} generations cannot be read whole: {names}{more}", err=True)


def _generations(report: LedgerReport) -> int:
    """In the journal and packed."""
    return report.packed.counts.starts + (report.journal.starts if report.journal else 0)


def _journal(found: VerifyReport | None) -> dict[str, str]:
    if found is None:
        return {}
    torn = ", ".join(f"{each.file} from byte {each.start:,}" for each in found.torn)
    return {
        "journal": f"{found.frames:,} frames in {found.files:,} files, {size_of(found.bytes)}",
        "running or interrupted": f"{len(found.open):,}",
        "unfinished last write": torn or "none",
        "frames of unknown kind": f"{found.unknown:,}",
    }


def _packed(report: LedgerReport) -> dict[str, str]:
    found = report.packed
    counts = found.counts
    rows = {
        "packed": f"{counts.starts + counts.ends + counts.others:,} frames in "
        f"{found.segments:,} segments of {found.blocks:,} blocks, {size_of(found.bytes)}",
        "packed items": f"{found.blobs:,} blobs, {found.nodes:,} nodes",
    }
    if counts.erased:
        rows["erased"] = f"{counts.erased:,} frames, {found.erased_items:,} items"
    if found.orphan_blobs or found.orphan_nodes:
        rows["used by nothing"] = f"{found.orphan_blobs:,} blobs, {found.orphan_nodes:,} nodes"
    if found.gaps:
        missing = sum(gap.last - gap.first + 1 for gap in found.gaps)
        rows["known to be lost"] = f"{missing:,} frames, by earlier damage"
    if found.leftovers:
        rows["files not in the index"] = ", ".join(found.leftovers)
    return rows


def _facts(report: LedgerReport) -> dict[str, str]:
    found = report.facts
    rows = {"facts": f"{found.rows:,} recent rows, {found.sealed:,} in {found.files:,} table files"}
    if found.note:
        rows["facts, a note"] = found.note
    return rows
