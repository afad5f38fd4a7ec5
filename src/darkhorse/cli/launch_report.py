"""`darkhorse launch report`: what a launch was for, answered from its record."""

import os
from pathlib import Path

import click
import msgspec

from darkhorse.analytics.report.page import render
from darkhorse.analytics.report.public import published
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.cli.launch_options import at_desk, launch_argument, told
from darkhorse.cli.options import data_option, json_option
from darkhorse.wiring.launch_report import launch_report

__all__ = ["report_command"]

_OURS_ALONE = 0o600


@click.command("report")
@data_option
@launch_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write it. [<listing>-report.html; with --json, standard output]",
)
@click.option("--public", is_flag=True, help="Without endpoints, quotes, notes and error details.")
@json_option
def report_command(name: str, data: Path, out: Path | None, public: bool, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Write what a launch came to: capability, stability, reception, data, anonymity.

    One HTML page that stands by itself, or with --json the same figures for programs. Private
    unless --public is given: it names endpoints and quotes people.
    """
    with at_desk(data) as desk:
        found = desk.find(name)
        report = launch_report(desk, found, data, SystemClock())
    if public:
        report = published(report, is_paced=found.listing.rhythm.is_paced)
    text = msgspec.json.encode(report).decode() + "\n" if as_json else render(report)
    if out is None and as_json:
        click.echo(text, nl=False)
        return
    end = "-public" if public else ""
    path = out or Path(f"{found.listing.slug.replace('/', '-')}-report{end}.html")
    with told():
        _write(path, text)
    click.echo(f"{path}: {'may be shown to anybody' if public else 'private'}.", err=True)


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and readable for our user alone. Raises ConfigError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(
            draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, _OURS_ALONE
        )
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
        draft.replace(path)
    except OSError as e:
        draft.unlink(missing_ok=True)
        raise ConfigError(f"{path}: cannot be written ({e.strerror}).") from None
