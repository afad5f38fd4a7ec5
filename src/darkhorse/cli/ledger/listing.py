"""Generations that fit: list."""

from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from darkhorse.cli.ledger.telling import line, time_of, told
from darkhorse.cli.options import data_option, json_option
from darkhorse.storage.records import Outcome
from darkhorse.wire.chunks import Finish
from darkhorse.wiring.key_names import key_of
from darkhorse.wiring.ledger_list import Filters, GenerationRow, app_number, newest
from darkhorse.wiring.listing_names import listing_of
from darkhorse.wiring.moments import moment_us

__all__ = ["list_command"]


@click.command("list")
@data_option
@json_option
@click.option("--listing", metavar="NAME", help="Only of this listing.")
@click.option("--key", metavar="KEY", help="Only of this key: its label, hash or beginning of it.")
@click.option("--app", metavar="SLUG", help="Only of this app: the host it named.")
@click.option("--finish", type=click.Choice(get_args(Finish)), help="Only those that ended so.")
@click.option("--outcome", type=click.Choice(get_args(Outcome)), help="Only those that went so.")
@click.option("--since", metavar="MOMENT", help="From then on, UTC: 2026-12-01, 2026-12-01T12:00.")
@click.option("--until", metavar="MOMENT", help="Before then.")
@click.option("-n", "--count", default=20, show_default=True, type=click.IntRange(min=1))
def list_command(data: Path, count: int, as_json: bool, **asked: Any) -> None:  # noqa: FBT001 (click passes by name)
    """Generations that fit, newest first, one a line. No more than the keeper has folded."""
    shown = _print_json if as_json else _print_line
    found = False
    with told():
        for row in newest(data, _filters(data, **asked), count):
            shown(row)
            found = True
    if not found and not as_json:
        click.echo("Nothing was found.", err=True)


def _print_json(row: GenerationRow) -> None:
    line({"at": time_of(row.at_us), **msgspec.to_builtins(row)})


def _filters(
    data: Path,
    *,
    listing: str | None,
    key: str | None,
    app: str | None,
    finish: str | None,
    outcome: Outcome | None,
    since: str | None,
    until: str | None,
) -> Filters:
    return Filters(
        listing=listing_of(data, listing) if listing else None,
        key=None if key is None else key_of(data, key),
        app=app_number(data, app) if app else None,
        finish=finish,
        outcome=outcome,
        since_us=moment_us(since) if since else None,
        until_us=moment_us(until) if until else None,
    )


def _print_line(row: GenerationRow) -> None:
    tokens = f"{row.prompt_tokens:,}+{row.completion_tokens:,} tokens"
    duration = f"{(row.duration_us or 0) / 1_000_000:.2f} s"
    how = row.outcome or "running"
    click.echo(f"{time_of(row.at_us)}  {row.id}  {row.listing}  {how}  {tokens}  {duration}")
