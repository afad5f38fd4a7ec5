"""`darkhorse launch`: a launch's life from draft to reveal, with a server running or without."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
import msgspec

from darkhorse.base.clock import DAY_US, SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.catalog import notices
from darkhorse.catalog.launch import Definition, Launch
from darkhorse.cli import launch_view
from darkhorse.cli.go_live import go_live, inspected, prove_option, show_findings
from darkhorse.cli.launch_options import (
    at_desk,
    check_text,
    confirm,
    launch_argument,
    line,
    reason_options,
    report,
    told,
    user,
    yes_option,
)
from darkhorse.cli.launch_watch import watch_launch
from darkhorse.cli.lazy import Lazy
from darkhorse.cli.options import data_option, json_option
from darkhorse.launches import file
from darkhorse.launches.desk import Reason
from darkhorse.wiring.launches import forget_audits, open_desk

__all__ = ["launch"]

_MOST_DAYS = 3660


@click.group(cls=Lazy, lazily={"report": "darkhorse.cli.launch_report:report_command"})
def launch() -> None:
    """A launch's life: draft, live, retired, revealed."""


@launch.command("check")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
def check_command(path: Path) -> None:
    """Read a launch file and say what is wrong with it, without creating anything."""
    with told():
        definition = file.read(path).definition
    click.echo(f"{path}: {definition.public.slug} is well formed.")


@launch.command()
@data_option
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--by",
    default=user,
    callback=check_text,
    show_default="your user name",
    help="Who creates it.",
)
@click.option("--why", default="", callback=check_text, help="Why; kept with the move.")
@json_option
def create(path: Path, data: Path, by: str, why: str, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Make a draft of the launch in FILE. Nobody sees it before it goes live."""
    with told():
        found = file.read(path)
        made = open_desk(data).create(found, Reason(by, why))
    if as_json:
        line(made)
    else:
        slug = made.listing.slug
        click.echo(
            f"{slug} is a draft. `darkhorse audit {slug}` says whether anybody can tell who it is; "
            f"then `darkhorse launch go-live {slug} --why …` lists it."
        )


@launch.command("list")
@data_option
@json_option
def list_command(data: Path, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Every launch, its state, and when that ends."""
    with at_desk(data) as desk:
        launches = desk.launches()
    if as_json:
        for each in launches:
            line(each)
    else:
        launch_view.print_list(launches, SystemClock().now_us())


@launch.command()
@data_option
@launch_argument
@click.option("--toml", "as_toml", is_flag=True, help="Its launch file as it was written.")
@click.option("--watch", "watching", is_flag=True, help="Its traffic, live, until Ctrl-C.")
@json_option
def show(name: str, data: Path, as_toml: bool, watching: bool, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """One launch whole, its private side too: state, limits, endpoints, every move."""
    with at_desk(data) as desk:
        found = desk.find(name)
        moves, standing = desk.moves(found), desk.standing(found)
        if watching:
            watch_launch(desk, found, data, as_json=as_json)
            return
    if as_toml:
        click.echo(found.source, nl=not found.source.endswith("\n"))
    elif as_json:
        line({**msgspec.to_builtins(found), "moves": moves, "audit": standing.brief()})
    else:
        launch_view.print_launch(found, moves, standing, SystemClock().now_us())


@launch.command()
@data_option
@launch_argument
@click.argument("path", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@prove_option
@reason_options
@json_option
def edit(
    name: str,
    path: Path | None,
    data: Path,
    prove: bool,  # noqa: FBT001 (click passes by name)
    by: str,
    why: str,
    as_json: bool,  # noqa: FBT001 (click passes by name)
) -> None:
    """Change a launch to what FILE says; without FILE, in your editor.

    A draft changes freely. While it is live: description, terms, privacy, abuse contact, limits,
    more aliases, and the private endpoints; public changes are shown on its page.
    """
    with at_desk(data) as desk:
        found = desk.find(name)
        with _kept_text(found, path) as text:
            new = file.read(path) if path else file.parse(text, "what you wrote")
            _check_endpoints(found, new.definition, data, prove=prove)
            changed = desk.edit(found, new, Reason(by, why))
        standing = desk.standing(changed)
    if changed.life.state == "live" and standing.kind == "changed":
        click.echo(f"Warning: {changed.listing.slug} was {standing.sentence()}.", err=True)
    report(changed, "is changed", as_json=as_json)


def _check_endpoints(found: Launch, new: Definition, data: Path, *, prove: bool) -> None:
    """A live launch moves to new endpoints only if they keep its promise."""
    now = SystemClock().now_us()
    if found.life.state_at(now) != "live" or new.private.endpoint == found.private.endpoint:
        return
    changed = msgspec.structs.replace(found, private=new.private)
    inspection = inspected(changed, data, prove=prove)
    show_findings(inspection, err=True)
    if inspection.level == "refuse":
        raise ConfigError(f"{found.listing.slug} stays as it is: see what is refused above.")


@contextmanager
def _kept_text(found: Launch, path: Path | None) -> Iterator[str]:
    """What was written in the editor; where it cannot be used, it is kept and its place told."""
    if path:
        yield ""
        return
    text = _edited(found)
    try:
        yield text
    except ConfigError as e:
        kept = Path(tempfile.mkdtemp(prefix="darkhorse-edit-")) / "launch.toml"
        kept.write_text(text, encoding="utf-8")
        raise ConfigError(f"{e} What you wrote is kept: {kept}") from None


def _edited(found: Launch) -> str:
    if not sys.stdin.isatty():
        raise ConfigError("Name a FILE; without a terminal there is no editor to open.")
    text = click.edit(found.source, extension=".toml")
    if text is None:
        raise ConfigError("Nothing was saved, so nothing is changed.")
    return text


@launch.command()
@data_option
@launch_argument
@click.option("--days", type=float, help="So much later.")
@click.option("--until", metavar="MOMENT", help="To then: 2026-12-01T12:00Z.")
@reason_options
@yes_option
@json_option
def extend(
    name: str,
    data: Path,
    days: float | None,
    until: str | None,
    by: str,
    why: str,
    yes: bool,  # noqa: FBT001 (click passes by name)
    as_json: bool,  # noqa: FBT001 (click passes by name)
) -> None:
    """Move the end of a live launch's window."""
    with at_desk(data) as desk:
        found = desk.find(name)
        closes = _closes(found, days, until)
        if SystemClock().now_us() < closes < (found.life.closes_us or 0):
            confirm(f"That is earlier; end {found.listing.slug} sooner?", yes=yes)
        changed = desk.extend(found, Reason(by, why), closes_us=closes)
    report(changed, f"now ends on {notices.moment(closes)}", as_json=as_json)


def _closes(found: Launch, days: float | None, until: str | None) -> int:
    if (days is None) == (until is None):
        raise ConfigError("Say how long with --days N or until when with --until MOMENT.")
    if days is not None:
        if not 0 < days <= _MOST_DAYS:
            raise ConfigError(f"--days must be over 0 and at most {_MOST_DAYS:,}.")
        since = found.life.closes_us or SystemClock().now_us()
        return since + round(days * DAY_US)
    try:
        moment = datetime.fromisoformat(until or "")
    except ValueError:
        raise ConfigError(f"`{until}` is no moment; write it like 2026-12-01T12:00Z.") from None
    if moment.tzinfo is None:
        raise ConfigError(f"`{until}` has no time zone; add Z for UTC, or an offset like +01:00.")
    return round(moment.timestamp() * 1_000_000)


@launch.command()
@data_option
@launch_argument
@yes_option
def discard(name: str, data: Path, yes: bool) -> None:  # noqa: FBT001 (click passes by name)
    """Forget a draft. What was live once is kept for good."""
    with at_desk(data) as desk:
        found = desk.find(name)
        confirm(f"Forget the draft {found.listing.slug}?", yes=yes)
        audits = desk.audits(found)
        desk.discard(found)
        forget_audits(audits, data)
    click.echo(f"The draft {found.listing.slug} is gone; its names are free again.")


@launch.command()
@data_option
@launch_argument
@reason_options
@yes_option
@json_option
def retire(name: str, data: Path, by: str, why: str, yes: bool, as_json: bool) -> None:  # noqa: FBT001 (click passes by name)
    """End a live launch now. Running answers finish; new calls are told that it has ended."""
    with at_desk(data) as desk:
        found = desk.find(name)
        confirm(f"Retire {found.listing.slug} now, for good?", yes=yes)
        changed = desk.retire(found, Reason(by, why))
    report(changed, "is retired", as_json=as_json)


@launch.command()
@data_option
@launch_argument
@click.option(
    "--text",
    default="",
    callback=check_text,
    help="What to say besides the names. [private.reveal.text]",
)
@click.option(
    "--successor",
    default="",
    callback=check_text,
    help="What to use instead. [private.reveal.successor]",
)
@reason_options
@yes_option
@json_option
def reveal(
    name: str,
    data: Path,
    text: str,
    successor: str,
    by: str,
    why: str,
    yes: bool,  # noqa: FBT001 (click passes by name)
    as_json: bool,  # noqa: FBT001 (click passes by name)
) -> None:
    """Say who a retired launch was, on its page, in the archive and to whoever calls it."""
    with at_desk(data) as desk:
        found = desk.find(name)
        who = f"{found.private.model} by {found.private.maker}"
        confirm(f"Tell everybody that {found.listing.slug} was {who}?", yes=yes)
        changed = desk.reveal(found, Reason(by, why), text=text, successor=successor)
    report(changed, f"is revealed: {who}", as_json=as_json)
    if changed.opening and not as_json:
        launch_view.print_check(changed)


launch.add_command(go_live)
