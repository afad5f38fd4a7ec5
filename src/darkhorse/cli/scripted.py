"""`darkhorse scripted`: run the scripted upstream, or list what it can play."""

import asyncio
import os
import re
import signal
from pathlib import Path

import click
import msgspec
import uvloop

from darkhorse.upstream.scripted import DEFAULT_CANARY, describe, markdown, serve
from darkhorse.upstream.scripted.measured import NOTHING, Measured, load

__all__ = ["scripted"]

# The word goes into header names and URLs, so it must be at home in both.
_CANARY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{3,63}")


def _canary(_: click.Context, __: click.Parameter, value: str) -> str:
    if not _CANARY.fullmatch(value):
        raise click.BadParameter("4 to 64 letters, digits and hyphens.")
    return value


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=0,
    show_default=True,
    type=click.IntRange(0, 65_535),
    help="Port; 0 picks a free one.",
)
@click.option(
    "--canary",
    default=DEFAULT_CANARY,
    show_default=True,
    callback=_canary,
    help="The word planted in everything but the answers' text.",
)
@click.option(
    "--measured",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="How long texts are under real tokenizers (docs/scripted.md), for `veiled`.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--list", "list_only", is_flag=True, help="List the scenarios and exit.")
@click.option("--markdown", "markdown_only", is_flag=True, help="Print the tables of the docs.")
def scripted(
    *,
    host: str,
    port: int,
    canary: str,
    measured: Path | None,
    as_json: bool,
    list_only: bool,
    markdown_only: bool,
) -> None:
    """Play an OpenAI-compatible engine that misbehaves as told.

    A request's model names the scenario: ok, slow?first_ms=300, status-503, cut-mid-event …
    Runs until SIGTERM or Ctrl-C.
    """
    if markdown_only:
        click.echo(markdown(), nl=False)
    elif list_only:
        click.echo(_listing(as_json=as_json))
    else:
        uvloop.run(_run(host, port, _measured(measured), canary=canary, as_json=as_json))


def _listing(*, as_json: bool) -> str:
    rows = describe()
    if as_json:
        return msgspec.json.encode(rows).decode()
    width = max(len(row["name"]) for row in rows)
    return "\n".join(
        f"{row['name']:<{width}}  {row['help']}"
        + (f" [{row['parameters']}]" if row["parameters"] else "")
        for row in rows
    )


def _measured(path: Path | None) -> Measured:
    try:
        return load(path) if path else NOTHING
    except ValueError as e:
        raise click.ClickException(str(e)) from None


async def _run(host: str, port: int, measured: Measured, *, canary: str, as_json: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        server = await serve(host, port, canary=canary, measured=measured)
    except OSError as e:
        raise click.ClickException(f"cannot listen on {host}:{port}: {e.strerror}") from None
    running = {"url": server.url, "port": server.port, "pid": os.getpid()}
    if as_json:
        click.echo(msgspec.json.encode(running))
    else:
        click.echo(f"Scripted upstream at {server.url} (pid {os.getpid()}).")
    await stop.wait()
    await server.close()
