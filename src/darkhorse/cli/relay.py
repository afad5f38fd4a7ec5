"""`darkhorse relay`: one relay process; `darkhorse up` starts it."""

from pathlib import Path

import click

from darkhorse.base.errors import ConfigError
from darkhorse.wiring import child
from darkhorse.wiring import config as configuration
from darkhorse.wiring import relay as process

__all__ = ["relay"]


@click.command(hidden=True)
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"))
@click.option("--config", "config_path", type=click.Path(path_type=Path))
def relay(data: Path, config_path: Path | None) -> None:
    """Serve the API: accept, cloak, journal."""
    try:
        process.run(data, configuration.load(config_path))
    except ConfigError as e:
        child.failed(str(e))
        raise click.ClickException(str(e)) from None
