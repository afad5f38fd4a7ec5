"""`darkhorse desk`: the operator's pages, for who holds the link that it prints."""

from pathlib import Path

import click

from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.cli.unmask_telling import library_option
from darkhorse.web.desk.session import LINK_S
from darkhorse.wiring.desk import Desk, is_loopback, run
from darkhorse.wiring.unmask import open_library

__all__ = ["desk"]


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8790,
    show_default=True,
    help="Port; 0 picks a free one.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--allow-private",
    is_flag=True,
    help="Let forms ask addresses of this machine and its network too.",
)
@library_option
def desk(
    port: int,
    host: str,
    allow_private: bool,  # noqa: FBT001 (click passes by name)
    library: Path | None,
) -> None:
    """Serve pages for the operator: find out, in a browser, who is behind an API.

    It prints a link that lets one browser in, once. Whatever was asked is gone when it ends; no
    key is ever written down.
    """
    try:
        if not is_loopback(host):
            click.echo(
                f"{host} is reached by others, and what they see is not encrypted.", err=True
            )
        known = open_library(library)
        place = Desk(host=host, port=port, allow_private=allow_private)
        run(place, known, SystemClock(), _announce)
    except ConfigError as e:
        raise click.ClickException(str(e)) from None


def _announce(link: str) -> None:
    click.echo(link)
    click.echo(f"Opens once, within {LINK_S // 60} minutes. Ctrl-C ends it.", err=True)
