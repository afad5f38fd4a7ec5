"""`darkhorse pages`: the public web pages; `darkhorse up` starts it."""

from pathlib import Path

import click

from darkhorse.base.errors import ConfigError
from darkhorse.wiring import child
from darkhorse.wiring import config as configuration
from darkhorse.wiring import pages as process

__all__ = ["pages"]


@click.command(hidden=True)
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"))
@click.option("--config", "config_path", type=click.Path(path_type=Path))
def pages(data: Path, config_path: Path | None) -> None:
    """Serve the public pages on a unix socket."""
    try:
        process.run(data, configuration.load(config_path))
    except ConfigError as e:
        child.failed(str(e))
        raise click.ClickException(str(e)) from None
