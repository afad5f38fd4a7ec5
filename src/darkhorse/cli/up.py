"""`darkhorse up`: the whole house from one command.

A program that calls the command may give other processes for it to run, as click's `obj`.
"""

import sys
from pathlib import Path

import click

from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.supervise import house
from darkhorse.supervise.engine import HERE
from darkhorse.supervise.up import Options, PartsMaker
from darkhorse.supervise.up import up as run

__all__ = ["up"]


def _given(_: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """An option that is there but empty comes from an unset variable, and would mean `here`."""
    if value == "":
        raise click.ClickException(f"{option.opts[0]} is empty; give it a value, or leave it out.")
    return value


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), help="Port; 0 picks a free one. [8000]")
@click.option("--host", callback=_given, help="Address to listen on. [127.0.0.1]")
@click.option(
    "--desk-port", type=click.IntRange(0, 65_535), help="The operator's desk; 0 picks one. [8790]"
)
@click.option(
    "--data",
    metavar="PATH",
    callback=_given,
    default="data",
    envvar="DARKHORSE_DATA",
    show_default=True,
    show_envvar=True,
    help="Directory for keys, state and the log.",
)
@click.option(
    "--config",
    metavar="PATH",
    callback=_given,
    help="Settings (TOML).",
)
@click.option(
    "--model",
    metavar="PATH|hf:OWNER/REPO/FILE",
    callback=_given,
    help="A chat model in GGUF for the embedded engine.",
)
@click.option(
    "--engine",
    metavar="[PATH]",
    callback=_given,
    is_flag=False,
    flag_value=HERE,
    help="Let darkhorse-engine answer instead of llama.cpp; --model may be a directory then.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object once it serves.")
@click.pass_obj
def up(
    parts: PartsMaker | None,
    port: int | None,
    host: str | None,
    desk_port: int | None,
    data: str,
    config: str | None,
    model: str | None,
    engine: str | None,
    as_json: bool,  # noqa: FBT001 click passes by name
) -> None:
    """Start everything, print how to call it, and serve until Ctrl-C or SIGTERM."""
    options = Options(
        data=Path(data),
        host=host,
        port=port,
        desk_port=desk_port,
        config=Path(config) if config else None,
        model=model,
        engine=engine,
        as_json=as_json,
    )
    try:
        status = run(options, clock=SystemClock(), parts=parts or house.parts)
    except ConfigError as e:
        raise click.ClickException(str(e)) from None
    sys.exit(status)
