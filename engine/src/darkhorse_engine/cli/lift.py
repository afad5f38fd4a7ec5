"""`darkhorse-engine lift`: a llama-type model in GLM-5's architecture, and the proof beside it."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from darkhorse_engine.cli.opening import told
from darkhorse_engine.cli.progress import bar
from darkhorse_engine.lift.check import Report, check
from darkhorse_engine.lift.lift import lift as lift_model
from darkhorse_engine.lift.source import wheel_gguf

__all__ = ["lift"]

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="[SOURCE.gguf] OUT", type=_PATH)
@click.option("--check/--no-check", "checks", default=True, help="Compare with the original.")
@click.option("--json", "as_json", is_flag=True, help="The comparison, for scripts.")
def lift(paths: tuple[Path, ...], *, checks: bool, as_json: bool) -> None:
    """Write the directory OUT: the model of SOURCE.gguf in GLM-5's architecture, exactly.

    Without SOURCE that is SmolLM2-135M-Instruct, from its wheel. Nothing is trained.
    """
    if len(paths) > 2:
        raise click.UsageError("At most a SOURCE and an OUT are taken.")
    out = paths[-1]
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise click.ClickException(f"{out} is there already; name a directory that is not.")
    with told():
        source = paths[0] if len(paths) > 1 else wheel_gguf()
        with bar("lifting") as progress:
            lift_model(source, out, progress=progress)
        click.echo(f"{out} is written; talk to it with: darkhorse-engine chat {out}", err=True)
        if not checks:
            return
        with bar("comparing") as progress:
            report = check(source, out, progress=progress)
    click.echo(json.dumps(asdict(report), indent=2) if as_json else _said(report))


def _said(report: Report) -> str:
    return "\n".join(f"{name:>20}  {value:g}" for name, value in asdict(report).items())
