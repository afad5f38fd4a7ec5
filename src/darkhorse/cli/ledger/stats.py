"""How much there is, where, and how far behind: stats."""

from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from darkhorse.cli.ledger.telling import line, size_of, time_of, told
from darkhorse.cli.options import data_option, json_option
from darkhorse.wiring.ledger_stats import LedgerStats, Moment, read_stats

__all__ = ["stats_command"]

_NONE = "none"


@click.command("stats")
@data_option
@json_option
def stats_command(data: Path, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """How much there is, where it lies, and how far behind the keeper is."""
    with told():
        stats = read_stats(data)
    if as_json:
        line(msgspec.to_builtins(stats))
        return
    table = Table(show_header=False, box=None)
    rows = {**_content(stats), **_disk(stats), **_lag(stats), **_erased(stats), **_keeper(stats)}
    for name, value in rows.items():
        table.add_row(name, value)
    Console().print(table)


def _content(stats: LedgerStats) -> dict[str, str]:
    known = stats.known
    return {
        "generations": f"{stats.generations:,} begun, {stats.ended:,} ended",
        "oldest": _moment(stats.oldest),
        "newest": _moment(stats.newest),
        "raw": f"{size_of(stats.raw_bytes)} of requests, answers and records",
        "on disk": f"{size_of(stats.disk_bytes)}{_share(stats.stored_ratio)}",
        "stored before": _percent(stats.redundancy) + " of the packed requests",
        "packed": f"{known.frames:,} frames, {known.segments:,} segments, "
        f"{known.blobs:,} blobs, {known.nodes:,} nodes",
        "facts": f"{stats.rows:,} recent rows, {stats.sealed:,} sealed in "
        f"{stats.table_files:,} files",
    }


def _disk(stats: LedgerStats) -> dict[str, str]:
    sizes = msgspec.to_builtins(stats.disk)
    return {f"  {name}": size_of(size) for name, size in sizes.items()}


def _lag(stats: LedgerStats) -> dict[str, str]:
    lag = stats.lag
    rows = {
        "not packed": f"{lag.frames_not_packed:,} frames in {lag.journal_files:,} journal files, "
        f"{size_of(lag.journal_bytes)}",
        "not folded": f"{lag.frames_not_folded:,} frames",
        "not sealed": f"{lag.rows_not_sealed:,} rows",
    }
    if lag.frames_not_indexed is not None:
        rows["not indexed"] = f"{lag.frames_not_indexed:,} frames"
    if lag.frames_not_described is not None:
        rows["not described"] = f"{lag.frames_not_described:,} frames"
    return rows


def _erased(stats: LedgerStats) -> dict[str, str]:
    erased = stats.erased
    rows = {}
    if erased.frames or erased.orders_done or erased.orders_open:
        rows["erased"] = (
            f"{erased.frames:,} frames; {erased.orders_done:,} orders done, "
            f"{erased.orders_open:,} open"
        )
    if erased.frames_lost:
        rows["known to be lost"] = f"{erased.frames_lost:,} frames"
    return rows


def _keeper(stats: LedgerStats) -> dict[str, str]:
    if stats.keeper is None:
        return {"keeper": "does not run"}
    rows = {"keeper": f"runs since {time_of(stats.keeper.started_us)}"}
    for chore in stats.keeper.chores:
        if chore.problem:
            rows[f"  {chore.name}"] = chore.problem
    return rows


def _moment(moment: Moment | None) -> str:
    return f"{time_of(moment.at_us)}  {moment.generation}" if moment else _NONE


def _share(ratio: float | None) -> str:
    return "" if ratio is None else f", {_percent(ratio)} of raw"


def _percent(share: float | None) -> str:
    return _NONE if share is None else f"{100 * share:.2f} %"
