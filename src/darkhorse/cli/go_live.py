"""`darkhorse launch go-live`: ask the endpoints, hold the promise against them, and list it."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from darkhorse.base.errors import ConfigError
from darkhorse.base.ids import RandomIds
from darkhorse.catalog.launch import Launch
from darkhorse.cli.launch_options import (
    at_desk,
    check_texts,
    launch_argument,
    line,
    reason_options,
    report,
)
from darkhorse.cli.options import data_option, json_option
from darkhorse.launches.desk import Desk, Reason
from darkhorse.launches.guard import Standing
from darkhorse.launches.headroom import Headroom
from darkhorse.launches.inspection import Inspection, OnStep, inspect
from darkhorse.wiring.targets import target_of

__all__ = ["go_live", "inspected", "prove_option", "show_findings"]

_MARKS = {"ok": ("ok", "green"), "warn": ("warning", "yellow"), "refuse": ("refused", "red")}


prove_option = click.option(
    "--prove/--no-prove",
    default=True,
    help="Send one prompt as long as the listing allows; an engine may be wrong about itself.",
)


@click.command("go-live")
@data_option
@launch_argument
@prove_option
@click.option(
    "--check-only",
    is_flag=True,
    help="Ask and measure, say whether it would go live, and leave it a draft.",
)
@click.option(
    "--accept",
    "accepts",
    metavar="FINDING",
    multiple=True,
    callback=check_texts,
    help="Go live with this leak that the audit found, or with `no-audit` without one; kept with "
    "the move. May be given again.",
)
@click.option(
    "--commit/--no-commit",
    default=False,
    help="Publish a salted SHA-256 of who made it; the reveal publishes what is behind it.",
)
@reason_options
@json_option
def go_live(
    name: str,
    data: Path,
    prove: bool,  # noqa: FBT001 (click passes by name)
    check_only: bool,  # noqa: FBT001 (click passes by name)
    accepts: tuple[str, ...],
    commit: bool,  # noqa: FBT001 (click passes by name)
    by: str,
    why: str,
    as_json: bool,  # noqa: FBT001 (click passes by name)
) -> None:
    """List a draft and let it answer, once its endpoints have shown that they keep its promise.

    Each endpoint is asked whether it answers in this dialect, how many tokens of its own a public
    token costs on text of several kinds, and whether its context holds what the listing says.
    Before that, `darkhorse audit` must have found in the last week that it does not leak.
    """
    reason = Reason(by, why, accepts)
    with at_desk(data) as desk:
        found = desk.find(name)
        if not check_only:
            desk.check_go_live(found, reason)
        inspection = inspected(found, data, prove=prove)
        if not as_json:
            show_findings(inspection)
        if inspection.level == "refuse":
            if as_json:
                line({"level": "refuse", "inspection": inspection})
            raise ConfigError(_refusal(found, inspection, told=not as_json))
        if check_only:
            refused = _refused(desk, found, reason)
            _only_checked(found, inspection, desk.standing(found), refused, as_json=as_json)
            sys.exit(1 if refused else 0)
        salt = RandomIds().salt() if commit else ""
        live = desk.go_live(found, reason, detail=inspection.summary(), salt=salt)
    if as_json:
        line({**msgspec.to_builtins(live), "inspection": inspection})
    else:
        report(live, "is live", as_json=False)
        if live.commitment:
            click.echo(f"Its page shows what was committed to: SHA-256 {live.commitment}")


def _refusal(found: Launch, inspection: Inspection, *, told: bool) -> str:
    stays = f"{found.listing.slug} stays {found.life.state}"
    if told:
        return f"{stays}: what is refused above has to be put right first."
    texts = [finding.text for finding in inspection.findings if finding.level == "refuse"]
    return f"{stays}: {' '.join(texts)}"


def _refused(desk: Desk, found: Launch, reason: Reason) -> str:
    """Why it may not go live, whatever its endpoints can do; empty where it may."""
    try:
        desk.check_go_live(found, reason)
    except ConfigError as e:
        return str(e)
    return ""


def _only_checked(
    found: Launch, inspection: Inspection, standing: Standing, refused: str, *, as_json: bool
) -> None:
    if as_json:
        told = {"level": inspection.level, "inspection": inspection, "audit": standing.brief()}
        line({**told, "refused": refused})
    elif refused:
        click.echo(f"{found.listing.slug} would be refused: {refused}")
    else:
        slug, state = found.listing.slug, found.life.state
        click.echo(f"{slug} could go live; it is still {state}, {standing.sentence()}.")


def inspected(launch: Launch, data: Path, *, prove: bool) -> Inspection:
    """All endpoints of a launch asked, with a bar on a terminal."""
    with _progress() as on_step:
        target = partial(target_of, data=data)
        return asyncio.run(inspect(launch, target, prove=prove, on_step=on_step))


@contextmanager
def _progress() -> Iterator[OnStep]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("asking", total=None)
        yield lambda what, done, steps: progress.update(
            task, description=what, completed=done, total=steps
        )


def show_findings(inspection: Inspection, *, err: bool = False) -> None:
    """Headroom as a table for each endpoint that was measured, then the findings in sentences."""
    console = Console(stderr=err)
    for headroom in inspection.headrooms:
        if headroom.needs:
            console.print(_table(headroom))
    for finding in inspection.findings:
        word, colour = _MARKS[finding.level]
        console.print(Text.assemble((f"{word}: ", colour), finding.text))


def _table(headroom: Headroom) -> Table:
    held = f"{headroom.native_context:,}" if headroom.native_context else "an unknown number of"
    table = Table(
        "text",
        "native a public token",
        f"native at {headroom.context:,} public",
        "fits",
        title=f"{headroom.endpoint}: holds {held} native tokens",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    for need in headroom.needs:
        fits = {True: "yes", False: "no", None: "?"}[need.fits]
        over = f", over at {need.overflows_at:,}" if need.fits is False else ""
        table.add_row(need.kind, f"{need.native_per_public:.2f}", f"{need.need:,}", fits + over)
    return table
