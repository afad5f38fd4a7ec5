"""Look into the record: tail, show."""

import select
import sys
import threading
from pathlib import Path
from typing import Any

import click
import msgspec

from darkhorse.base.plain import plain
from darkhorse.cli.ledger.telling import line, time_of, told
from darkhorse.cli.options import data_option, json_option
from darkhorse.wiring.ledger import Follower, Generation, show

__all__ = ["show_command", "tail_command"]

_POLL_S = 0.5


@click.command("tail")
@data_option
@json_option
@click.option("-n", "--count", default=10, show_default=True, type=click.IntRange(min=0))
@click.option("-f", "--follow", is_flag=True, help="Go on with each generation as it ends.")
def tail_command(data: Path, count: int, follow: bool, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """The newest generations, one a line."""
    shown = _print_json if as_json else _print_line
    with told():
        follower = Follower(data)
        for generation in follower.newest(count):
            shown(generation)
        pause = threading.Event()
        try:
            while follow and not _is_unread() and not pause.wait(_POLL_S):
                for generation in follower.ended():
                    shown(generation)
        except KeyboardInterrupt:
            return


def _is_unread() -> bool:
    """Has whoever read our output gone? A pipe tells only who writes, or asks."""
    asked = select.poll()
    try:
        asked.register(sys.stdout, 0)  # errors come unasked
    except OSError:
        return False  # no file
    return any(event & select.POLLERR for _, event in asked.poll(0))


def _print_json(generation: Generation) -> None:
    line(_summary(generation))


def _print_line(generation: Generation) -> None:
    row = _summary(generation)
    tokens = f"{row['prompt_tokens']:,}+{row['completion_tokens']:,} tokens"
    duration = f"{row['duration_ms'] / 1000:.2f} s"
    click.echo(
        f"{row['at']}  {row['id']}  {row['listing']}  {row['outcome']}  {tokens}  {duration}"
    )


def _summary(generation: Generation) -> dict[str, Any]:
    start, end = generation.start, generation.end
    usage = end.usage if end else None
    at_us = start.at_us if start else end.at_us if end else 0
    return {
        "at": time_of(at_us),
        "id": generation.id,
        "listing": start.listing if start else "?",
        "outcome": end.outcome if end else "running",
        "status": end.status if end else None,
        "prompt_tokens": usage.prompt if usage else start.prompt_tokens if start else 0,
        "completion_tokens": usage.completion if usage else 0,
        "duration_ms": end.duration_ms if end else 0.0,
    }


@click.command("show")
@data_option
@json_option
@click.argument("generation", metavar="ID")
def show_command(data: Path, generation: str, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """One generation whole: who asked, what, every attempt, and the answer."""
    with told():
        found = show(data, generation)
    if as_json:
        line(_whole(found))
        return
    sections = {
        "start": msgspec.json.encode(found.start),
        "request": found.request,
        "end": msgspec.json.encode(found.end),
        "answer": found.answer,
    }
    for title, content in sections.items():
        click.secho(title, bold=True)
        click.echo(_pretty(content))


def _whole(found: Generation) -> dict[str, Any]:
    return {
        "start": found.start,
        "end": found.end,
        "request": _json_or_text(found.request),
        "answer": _json_or_text(found.answer),
    }


def _json_or_text(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return content.decode(errors="backslashreplace")


def _pretty(content: bytes) -> str:
    try:
        text = msgspec.json.format(content, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = content.decode(errors="backslashreplace")
    return plain(text) or "(nothing)"
