"""`darkhorse desk`: a link to the operator's pages; where none are served, it serves them."""

from pathlib import Path

import click

from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.cli.options import data_option
from darkhorse.cli.unmask_telling import library_option
from darkhorse.web.desk.session import LINK_S
from darkhorse.wiring.desk import Alone, has_data, is_loopback, run
from darkhorse.wiring.desk_link import desk_url, new_link
from darkhorse.wiring.unmask import open_library

__all__ = ["desk"]

_HOST, _PORT = "127.0.0.1", 8790
_ONCE = f"Opens once, within {LINK_S // 60} minutes."


@click.command()
@data_option
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help=f"Port, where it serves itself; 0 picks a free one. [{_PORT}]",
)
@click.option("--host", help=f"Address to listen on, where it serves itself. [{_HOST}]")
@click.option(
    "--allow-private",
    is_flag=True,
    help="Let forms ask addresses of this machine and its network too.",
)
@library_option
def desk(
    data: Path,
    port: int | None,
    host: str | None,
    allow_private: bool,  # noqa: FBT001 (click passes by name)
    library: Path | None,
) -> None:
    """Print a link to the operator's pages; it lets one browser in, once.

    Where `darkhorse up` runs on the data directory, the link leads to its desk. Otherwise this
    serves the same pages until Ctrl-C; without a data directory, only the one that finds out who
    is behind an API.
    """
    try:
        if url := desk_url(data):
            _into(url, data, is_bound=(port, host, library) != (None,) * 3 or allow_private)
            return
        alone = Alone(
            data=data if has_data(data) else None,
            host=_HOST if host is None else host,
            port=_PORT if port is None else port,
            allow_private=allow_private,
        )
        _warn(alone, data)
        run(alone, open_library(library), SystemClock(), _announce)
    except ConfigError as e:
        raise click.ClickException(str(e)) from None


def _into(url: str, data: Path, *, is_bound: bool) -> None:
    if is_bound:
        click.echo(
            f"The desk of the server on {data} is at {url}; other options are not used.", err=True
        )
    click.echo(new_link(data, url, SystemClock()))
    click.echo(_ONCE, err=True)


def _warn(alone: Alone, data: Path) -> None:
    if not is_loopback(alone.host):
        click.echo(
            f"{alone.host} is reached by others, and what they see is not encrypted.", err=True
        )
    if alone.data is None:
        click.echo(
            f"{data} holds no Darkhorse state, so only Unmask is there; name the server's data "
            "directory with --data.",
            err=True,
        )


def _announce(link: str) -> None:
    click.echo(link)
    click.echo(f"{_ONCE} Ctrl-C ends it.", err=True)
