"""Make again what can be made again: repair."""

import sys
from pathlib import Path

import click
import msgspec

from darkhorse.cli.ledger.telling import line, progress, told
from darkhorse.cli.options import data_option, json_option
from darkhorse.wiring.ledger_repair import RepairReport, repair

__all__ = ["repair_command"]

_SHOWN = 100


@click.command("repair")
@data_option
@json_option
@click.option("--accept", is_flag=True, help="Give up what is lost, without asking.")
def repair_command(data: Path, as_json: bool, accept: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Make again what can be made again; ask before anything is given up.

    Only while no server runs on the data. Nothing is deleted: what is damaged goes to
    DATA/damaged. Exit status 1 if something is still wrong.
    """

    def may_go(sentence: str) -> bool:
        if accept:
            return True
        if as_json or not sys.stdin.isatty():
            click.echo(f"{sentence}. Say --accept to give them up.", err=True)
            return False
        return click.confirm(f"{sentence}. Give them up?", err=True)

    with told(), progress("repairing") as on_progress:
        report = repair(data, may_go, on_progress)
    if as_json:
        line({"ok": report.ok, **msgspec.to_builtins(report)})
    else:
        _print(report)
    if not report.ok:
        sys.exit(1)


def _print(report: RepairReport) -> None:
    for sentence in report.done:
        click.echo(sentence)
    if report.lost:
        more = f" … and {len(report.lost) - _SHOWN:,} more" if len(report.lost) > _SHOWN else ""
        click.echo(f"lost: {', '.join(report.lost[:_SHOWN])}{more}")
    for sentence in report.left:
        click.echo(sentence, err=True)
    if not report.done and not report.left:
        click.echo("There is nothing to repair.")
    elif report.ok:
        click.echo("Start the server; then `darkhorse ledger verify` says whether all is well.")
