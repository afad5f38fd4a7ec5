"""`darkhorse audit`: play the attacker against a launch, raw and through the public API."""

import asyncio
import difflib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.base.ids import RandomIds
from darkhorse.base.secret import Secret
from darkhorse.catalog.audits import Audit
from darkhorse.catalog.channels import CHANNELS
from darkhorse.catalog.launch import Launch
from darkhorse.cli.audit_view import print_audit, ticking
from darkhorse.cli.launch_options import line
from darkhorse.cli.options import data_option, json_option
from darkhorse.launches.desk import Desk
from darkhorse.supervise.auditing import Order, carry_out
from darkhorse.wiring import config as configuration
from darkhorse.wiring.audits import check_folder, keep, write
from darkhorse.wiring.launches import open_desk

__all__ = ["audit"]

_LEAKS = 1
_UNABLE = 2
_TERMINATED = 128 + signal.SIGTERM
_INTERRUPTED = 128 + signal.SIGINT
_NAMES = tuple(channel.name for channel in CHANNELS)


def _channels(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if value not in _NAMES:
            near = difflib.get_close_matches(value, _NAMES, n=3) or _NAMES
            raise click.BadParameter(f"no channel `{value}`; there is {', '.join(near)}.")
    return values


@click.command()
@data_option
@click.argument("name", metavar="LISTING")
@click.option("--endpoint", default="", help="The raw side. [the launch's first]")
@click.option(
    "--url",
    default="",
    metavar="URL",
    help="Ask there instead of in a rehearsal: the base URL that clients use, …/api/v1.",
)
@click.option("--key-env", default="", metavar="NAME", help="Variable with a key for --url.")
@click.option("--out", type=click.Path(path_type=Path), help="A folder for the report as well.")
@click.option(
    "--only",
    multiple=True,
    metavar="CHANNEL",
    callback=_channels,
    help="One of the names of docs/anonymity.md, as `headers`. May be given again.",
)
@click.option("--quick", is_flag=True, help="Fewer streams for what is a matter of statistics.")
@click.option("--config", type=click.Path(path_type=Path), help="The server's settings (TOML).")
@json_option
def audit(
    name: str,
    data: Path,
    endpoint: str,
    url: str,
    key_env: str,
    out: Path | None,
    only: tuple[str, ...],
    quick: bool,  # noqa: FBT001 (click passes by name)
    config: Path | None,
    as_json: bool,  # noqa: FBT001 (click passes by name)
) -> None:
    """Find out what of LISTING an attacker can tell, before anybody does.

    Everything is asked twice: of the endpoint itself, and through the public API. A launch need
    not be live for it: it is rehearsed on loopback, in a directory that is gone afterwards.
    LISTING may also be somebody else's model at --url; then there is no raw side.

    Exit status 1 where a leak stops it from going live, 2 where it could not be audited.
    """
    with _stoppable("stopped; nothing was kept"), _unable():
        if out:
            check_folder(out)
        desk, launch = _found(name, data, url)
        if launch and launch.life.state == "live" and launch.private.is_embedded:
            click.echo(f"{name} is live on the embedded model, which its users wait for.", err=True)
        order = Order(
            listing=launch.listing.slug if launch else name,
            definition=launch.definition if launch else None,
            data=data,
            config=configuration.load(config),
            endpoint=endpoint,
            url=url,
            key=_key(url, key_env),
            only=only,
            quick=quick,
        )
        done = _carried_out(order)
    with _stoppable("stopped while it was written down"), _unable():
        folder = keep(desk, launch, done, data) if desk and launch else None
        if out:
            write(done, out)
    if as_json:
        line(done)
    else:
        draft = launch is not None and launch.life.state == "draft"
        print_audit(done, out or folder, is_draft=draft)
    sys.exit(_LEAKS if done.stopping else 0)


def _found(name: str, data: Path, url: str) -> tuple[Desk | None, Launch | None]:
    """The launch; none where only an address is known. Raises ConfigError."""
    if not data.is_dir():
        if url:
            return None, None
        raise ConfigError(f"{data}: no such directory; name the server's with --data DIR.")
    desk = open_desk(data)
    try:
        return desk, desk.find(name)
    except ConfigError as e:
        if not url:
            raise
        click.echo(f"{e} So the public side alone is asked, and nothing is kept.", err=True)
        return None, None


def _key(url: str, key_env: str) -> Secret:
    if key_env and not url:
        raise ConfigError("--key-env is a key for --url; a rehearsal has its own.")
    value = os.environ.get(key_env, "").strip() if key_env else ""
    if key_env and not value:
        raise ConfigError(f"Set {key_env} to the key for {url}.")
    return Secret(value)


def _carried_out(order: Order) -> Audit:
    try:
        return asyncio.run(_until_told(order))
    except asyncio.CancelledError:
        sys.exit(_TERMINATED)


async def _until_told(order: Order) -> Audit:
    """SIGTERM too leaves nothing behind."""
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with ticking() as on_tick:
        return await carry_out(order, SystemClock(), RandomIds().audit, on_tick)


@contextmanager
def _stoppable(what: str) -> Iterator[None]:
    """Ctrl-C is no finding, which is what click's own exit status would say."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(what, err=True)
        sys.exit(_INTERRUPTED)


class _Unable(click.ClickException):
    exit_code = _UNABLE


@contextmanager
def _unable() -> Iterator[None]:
    """Where nothing could be found out, the exit status must not say that something was."""
    try:
        yield
    except ConfigError as e:
        raise _Unable(str(e)) from None
