"""`darkhorse model`: the embedded model's engine; `darkhorse up` starts it."""

from pathlib import Path

import click

from darkhorse.base.errors import ConfigError
from darkhorse.wiring import child
from darkhorse.wiring import config as configuration
from darkhorse.wiring import model as process

__all__ = ["model"]


@click.command(hidden=True)
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"))
@click.option("--config", "config_path", type=click.Path(path_type=Path))
def model(data: Path, config_path: Path | None) -> None:  # noqa: ARG001 every process takes --data
    """Serve the embedded model on loopback."""
    try:
        process.run(configuration.load(config_path).model)
    except ConfigError as e:
        child.failed(str(e))
        raise click.ClickException(str(e)) from None
