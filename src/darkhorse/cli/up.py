"""`darkhorse up`: the whole house from one command.

A program that calls the command may give other processes for it to run, as click's `obj`.
"""

import sys
from pathlib import Path

import click

from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.supervise import house
from darkhorse.supervise.up import Options, PartsMaker
from darkhorse.supervise.up import up as run

__all__ = ["up"]

_PATH = click.Path(path_type=Path)


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), help="Port; 0 picks a free one. [8000]")
@click.option("--host", help="Address to listen on. [127.0.0.1]")
@click.option(
    "--data",
    type=_PATH,
    default=Path("data"),
    envvar="DARKHORSE_DATA",
    show_default=True,
    show_envvar=True,
    help="Directory for keys, state and the log.",
)
@click.option("--config", type=_PATH, help="Settings, listings and endpoints (TOML).")
@click.option(
    "--model",
    metavar="PATH|hf:OWNER/REPO/FILE",
    help="A chat model in GGUF for the embedded engine.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object once it serves.")
@click.pass_obj
def up(
    parts: PartsMaker | None,
    port: int | None,
    host: str | None,
    data: Path,
    config: Path | None,
    model: str | None,
    as_json: bool,  # noqa: FBT001 click passes by name
) -> None:
    """Start everything, print how to call it, and serve until Ctrl-C or SIGTERM."""
    options = Options(data=data, host=host, port=port, config=config, model=model, as_json=as_json)
    try:
        status = run(options, clock=SystemClock(), parts=parts or house.parts)
    except ConfigError as e:
        raise click.ClickException(str(e)) from None
    sys.exit(status)
