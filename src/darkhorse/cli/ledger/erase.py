"""`darkhorse ledger erase`: what belonged to a key, a user or a generation leaves the record."""

from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import structs
from rich.console import Console
from rich.table import Table

from darkhorse.base.clock import SystemClock
from darkhorse.cli.ledger.telling import line, progress, time_of, told
from darkhorse.cli.options import data_option, json_option
from darkhorse.storage.erasures import Erasure
from darkhorse.wiring.erase import (
    Preview,
    SqlErasureStore,
    Wanted,
    carry_out,
    erasure_store,
    is_served,
    order,
    preview,
    wait_for,
    wanted,
)

__all__ = ["erase_command"]

_CLOCK = SystemClock()
_WIDE = 160  # where no terminal's edge folds the table
_STAGES = {
    "ordered": "waiting for the keeper",
    "waiting": "waiting until it is packed",
    "finding": "finding it in the record",
    "facts": "subtracting it from the facts",
    "search": "taking it out of the search",
    "packed": "taking it out of the segments",
    "last": "making files anew",
    "done": "done",
}


@click.command("erase")
@data_option
@json_option
@click.option("--key", "keys", multiple=True, metavar="KEY", help="A label, or a key's hash.")
@click.option("--user", default="", metavar="NAME", help="As requests name it in `user`.")
@click.option("--generation", "generations", multiple=True, metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--wait", is_flag=True, help="Stay until it is done; alone: until all orders are.")
@click.option("--list", "listed", is_flag=True, help="What was ordered, and how far it is.")
def erase_command(
    data: Path,
    keys: tuple[str, ...],
    user: str,
    generations: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 (click passes by name)
    yes: bool,  # noqa: FBT001
    wait: bool,  # noqa: FBT001
    listed: bool,  # noqa: FBT001
) -> None:
    """Erase for good: one or more keys, a user (of all keys, or of these), or generations.

    Everything that began before now and belonged to nobody else goes from every place there is.
    """
    with told(), erasure_store(data, _CLOCK) as store:
        if listed:
            _list(store.erasures(), as_json=as_json)
            return
        if wait and not (keys or user or generations):
            _go_on(data, store, as_json=as_json)
            return
        what = wanted(data, store, keys=keys, user=user, generations=generations)
        counted = _counted(data, what)
        found = structs.replace(counted, reports_beside=store.reports_beside())
        if not as_json:
            _show(found)
        if not found.generations and (user or not keys):  # a key has more than generations
            _nothing(found, as_json=as_json)
            return
        if not yes:
            click.confirm("Erase it? It does not come back.", abort=True, err=True)
        made = order(store, what, _CLOCK)
        made = _done(data, store, made, wait=wait)
    _tell(made, found, as_json=as_json)


def _go_on(data: Path, store: SqlErasureStore, *, as_json: bool) -> None:
    """What is ordered and not done, to its end."""
    done = [_done(data, store, each, wait=True) for each in store.unfinished()]
    if not done and not as_json:
        click.echo("Every order is done.")
    _list(done, as_json=as_json)


def _counted(data: Path, what: Wanted) -> Preview:
    with progress("counting", in_bytes=False) as show:
        return preview(data, what.subject, partial(show, ""))


def _done(data: Path, store: SqlErasureStore, made: Erasure, *, wait: bool) -> Erasure:
    """The order as it is in the end, or as it was made."""
    served = is_served(data)
    if served and not wait:
        return made
    with progress("erasing:", in_bytes=False) as show:

        def on_order(now: Erasure) -> None:
            words = now.why or _STAGES[now.stage]
            show(words, now.steps, now.of_steps)

        try:
            if served:
                return wait_for(store, made, on_order)
            return carry_out(data, store, made, _CLOCK, on_order)
        except KeyboardInterrupt:
            raise click.ClickException(
                f"{made.id} is not finished; a server's keeper goes on with it, or "
                "`darkhorse ledger erase --wait`."
            ) from None


def _show(found: Preview) -> None:
    table = Table(show_header=False, box=None)
    rows = {
        "generations": f"{found.generations:,}",
        "of them still running": f"{found.running:,}" if found.running else "",
        "bytes as they came": f"{found.size:,}",
        "first": time_of(found.first_us),
        "last": time_of(found.last_us),
    }
    for name, value in rows.items():
        if value:
            table.add_row(name, value)
    Console(stderr=True).print(table)
    if found.damaged_files:
        click.echo(
            f"{found.damaged_files} damaged files were set aside in DATA/damaged; nothing is "
            "erased in them: delete them when you need them no more.",
            err=True,
        )
    if found.reports_beside:
        click.echo(
            f"Abuse reports that name no generation: {found.reports_beside}. They stay, whatever "
            "they quote: `darkhorse report list --all` shows them, `report delete` erases one.",
            err=True,
        )


def _nothing(found: Preview, *, as_json: bool) -> None:
    if as_json:
        line({"found": msgspec.to_builtins(found), "order": None})
    else:
        click.echo("There is nothing of it in the ledger.")


def _tell(made: Erasure, found: Preview, *, as_json: bool) -> None:
    if as_json:
        line({"found": msgspec.to_builtins(found), "order": _shown(made)})
    elif made.is_done:
        click.echo(f"{made.generations:,} generations, {made.size:,} bytes are erased ({made.id}).")
    else:
        click.echo(
            f"{made.id} is ordered; the keeper carries it out. "
            "`darkhorse ledger erase --list` says how far it is."
        )


def _list(orders: list[Erasure], *, as_json: bool) -> None:
    if as_json:
        line([_shown(each) for each in orders])
        return
    if not orders:
        return
    table = Table(box=None)
    for title in ("ORDER", "OF A", "ASKED", "DONE", "GENERATIONS", "BYTES", ""):
        table.add_column(title)
    for each in orders:
        table.add_row(
            each.id,
            each.kind,
            time_of(each.asked_us),
            time_of(each.done_us),
            f"{each.generations:,}",
            f"{each.size:,}",
            each.why or _STAGES[each.stage],
        )
    console = Console()
    Console(width=None if console.is_terminal else _WIDE).print(table)


def _shown(each: Erasure) -> dict[str, Any]:
    """An order without its subject: that is nobody's business any more."""
    return {
        "id": each.id,
        "kind": each.kind,
        "stage": each.stage,
        "why": each.why,
        "asked": time_of(each.asked_us),
        "done": time_of(each.done_us) or None,
        "generations": each.generations,
        "bytes": each.size,
    }
