"""Find what people wrote: search."""

from contextlib import closing
from pathlib import Path

import click
import msgspec

from darkhorse.base.plain import plain
from darkhorse.cli.ledger.telling import line, time_of, told
from darkhorse.cli.options import data_option, json_option
from darkhorse.wiring.listing_names import listing_of
from darkhorse.wiring.moments import moment_us
from darkhorse.wiring.search import Findings, Hit, IndexState, SearchDesk

__all__ = ["search_command"]


@click.command("search")
@data_option
@json_option
@click.option("--listing", metavar="NAME", help="Only what this listing was asked.")
@click.option("--since", metavar="MOMENT", help="From then on, UTC: 2026-12-01, 2026-12-01T12:00.")
@click.option("--until", metavar="MOMENT", help="Before then.")
@click.option("-n", "--count", default=20, show_default=True, type=click.IntRange(min=1))
@click.argument("words", nargs=-1, required=True)
def search_command(
    data: Path,
    words: tuple[str, ...],
    listing: str | None,
    since: str | None,
    until: str | None,
    count: int,
    as_json: bool,  # noqa: FBT001 (click passes by name)
) -> None:
    """Find what people wrote, newest first.

    All WORDS must occur, in any case: pony price. A phrase stands in quotation marks inside the
    shell's: '"pony price"'. begin* finds what begins so; -not leaves out, behind another word in
    the same argument or after --: 'pony -mule'. Looks at the first 4 KiB of each user's message;
    not at system prompts, tools' results, answers, or what is not packed yet. What one key sent
    again is found again where it is the newest message; one of more than 158 characters where the
    message before it is the same too.
    """
    with told(), closing(SearchDesk(data)) as desk:
        found = desk.find(
            " ".join(words),
            listing=listing_of(data, listing) if listing else None,
            since_us=None if since is None else moment_us(since),
            until_us=None if until is None else moment_us(until),
            limit=count,
        )
        state = desk.state()
    (_print_json if as_json else _print_lines)(found, state)


def _print_json(found: Findings, state: IndexState) -> None:
    shown = {
        "hits": [{"at": time_of(hit.at_us), **msgspec.to_builtins(hit)} for hit in found.hits],
        "complete": found.complete,
        "index": {
            "behind_frames": state.behind,
            "upto": time_of(state.upto_us) if state.upto_us else None,
            "unreadable": state.unreadable,
        },
    }
    line(shown)


def _print_lines(found: Findings, state: IndexState) -> None:
    for hit in found.hits:
        click.echo(_line(hit))
    if not found.hits:
        click.echo("Nothing was found.", err=True)
    if not found.complete:
        click.echo(
            "There may be more than was looked through; add words, or a time with --since and "
            "--until.",
            err=True,
        )
    if state.behind:
        upto = (
            f"knows prompts up to {time_of(state.upto_us)}" if state.upto_us else "has just begun"
        )
        click.echo(f"The index {upto}; {state.behind:,} packed frames are to come.", err=True)


def _line(hit: Hit) -> str:
    return f"{time_of(hit.at_us)}  {hit.generation}  {hit.listing}  {plain(hit.snippet)}"
