"""What the `launch` commands have in common: options, the desk, errors as one sentence."""

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.launch import Launch
from darkhorse.launches.desk import Desk
from darkhorse.wiring.launches import open_desk

__all__ = [
    "at_desk",
    "check_text",
    "check_texts",
    "confirm",
    "launch_argument",
    "line",
    "reason_options",
    "report",
    "told",
    "user",
    "yes_option",
]

F = TypeVar("F", bound=Callable[..., Any])

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
launch_argument = click.argument("name", metavar="LAUNCH")


def user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a passwd entry
        return "unknown"


def reason_options(move: F) -> F:
    """The two options of every move: both are kept with it."""
    move = click.option(
        "--by",
        default=user,
        callback=check_text,
        show_default="your user name",
        help="Who moves it.",
    )(move)
    why = click.option("--why", required=True, callback=check_text, help="Why; kept with the move.")
    return why(move)


def check_text(_: click.Context, option: click.Parameter, value: str) -> str:
    """What the shell could not decode cannot be kept."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise click.ClickException(f"{option.opts[0]} is not valid UTF-8 text.") from None
    return value


def check_texts(
    context: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """The same of an option that may be given again."""
    return tuple(check_text(context, option, value) for value in values)


@contextmanager
def told() -> Iterator[None]:
    """The operator's mistakes as one sentence."""
    try:
        yield
    except ConfigError as e:
        raise click.ClickException(str(e)) from None


@contextmanager
def at_desk(data: Path) -> Iterator[Desk]:
    """The desk over an existing data directory: a mistyped one is not made."""
    with told():
        if not data.is_dir():
            raise ConfigError(
                f"{data}: no such directory; name the server's with --data DIR or the variable "
                "DARKHORSE_DATA, or make a launch in it with `darkhorse launch create`."
            )
        yield open_desk(data)


def confirm(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.ClickException(
            "This may not be undone; add --yes to do it without being asked."
        )
    click.confirm(question, abort=True, err=True)


def report(changed: Launch, what: str, *, as_json: bool) -> None:
    if as_json:
        line(changed)
    else:
        click.echo(f"{changed.listing.slug} {what}. A running server follows within a second.")


def line(value: Any) -> None:
    click.echo(msgspec.json.encode(value))
