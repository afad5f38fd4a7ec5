"""`darkhorse ledger export`: the record as data sets."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from darkhorse.cli.ledger.telling import line, told
from darkhorse.cli.options import data_option, json_option
from darkhorse.storage.records import Outcome
from darkhorse.wire.chunks import Finish
from darkhorse.wiring.export import Exported, Form, Order, Wanted, export
from darkhorse.wiring.moments import moment_us

__all__ = ["export_command"]

_MB = 1_000_000


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(get_args(Form)), required=True)
@click.option("--listing", "listings", multiple=True, help="Only this listing. Repeatable.")
@click.option("--since", metavar="MOMENT", help="Begun then or later.")
@click.option("--until", metavar="MOMENT", help="Begun before then.")
@click.option("--app", default="", help="Only this app, by its slug.")
@click.option("--key", default="", metavar="KEY", help="Only this key: a label, or its hash.")
@click.option("--finish", multiple=True, type=click.Choice(get_args(Finish)))
@click.option(
    "--outcome",
    multiple=True,
    type=click.Choice(get_args(Outcome)),
    help="Left out: every one as Parquet, done otherwise.",
)
@click.option("--keep-secrets", is_flag=True, help="Mask nothing.")
@click.option("--compress", is_flag=True, help="JSONL as .zst; Parquet always is.")
@click.option(
    "--part-mb", default=64, show_default=True, type=click.IntRange(1, 4096), help="Text a part."
)
@data_option
@json_option
def export_command(
    folder: Path,
    form: Form,
    listings: tuple[str, ...],
    since: str | None,
    until: str | None,
    app: str,
    key: str,
    finish: tuple[Finish, ...],
    outcome: tuple[Outcome, ...],
    keep_secrets: bool,  # noqa: FBT001 (click passes by name)
    compress: bool,  # noqa: FBT001 (click passes by name)
    part_mb: int,
    data: Path,
    as_json: bool,  # noqa: FBT001 (click passes by name)
) -> None:
    """Write the record to DIR as Parquet, as chats or for fine-tuning, emails and keys masked.

    Interrupted, the same command goes on. Only launches that may be used to train are exported.
    """
    with told(), _goes_on(folder), _progress() as on_progress:
        wanted = Wanted(
            listings=tuple(sorted(set(listings))),
            since_us=None if since is None else moment_us(since),
            until_us=None if until is None else moment_us(until),
            app=app,
            key=key,
            finishes=tuple(sorted(set(finish))),
            outcomes=_outcomes(form, outcome),
        )
        order = Order(
            form=form,
            wanted=wanted,
            part_bytes=part_mb * _MB,
            masked=not keep_secrets,
            compressed=compress,
        )
        done = export(data, folder, order, on_progress)
    _tell(folder, done, as_json=as_json)


def _outcomes(form: Form, asked: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    if form == "finetune" and set(asked) - {"done"}:
        raise click.UsageError("Only what was done can be learnt from: leave out --outcome.")
    return tuple(sorted(set(asked))) if asked or form == "parquet" else ("done",)


@contextmanager
def _goes_on(folder: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise click.ClickException(
            f"{folder}: interrupted; the same command goes on where it stopped."
        ) from None


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    shown = Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    )
    with shown as progress:
        task = progress.add_task("reading", total=None)

        def on_progress(what: str, done: int, total: int) -> None:
            progress.update(task, description=what, completed=done, total=total)

        yield on_progress


def _tell(folder: Path, done: Exported, *, as_json: bool) -> None:
    manifest = done.manifest
    if as_json:
        line({**msgspec.to_builtins(manifest), "unpacked": done.unpacked})
        return
    table = Table(show_header=False, box=None)
    table.add_row("generations", f"{manifest.rows:,}")
    table.add_row("files", f"{len(manifest.parts):,} in {folder}")
    table.add_row("bytes", f"{sum(part.bytes for part in manifest.parts):,}")
    for kind, count in manifest.masked.items():
        table.add_row(f"masked {kind}", f"{count:,}")
    for why, count in manifest.left_out.items():
        table.add_row("left out", f"{count:,}: {why}")
    for listing, why in manifest.order.refused.items():
        table.add_row("left out", f"{listing}: {why}")
    Console().print(table)
    if done.unpacked:
        click.echo(
            f"The {done.unpacked:,} newest generations are not packed yet; they come with an "
            "export into a new directory, later.",
            err=True,
        )
