"""`darkhorse keeper`: journal to facts; `darkhorse up` starts it."""

from pathlib import Path

import click

from darkhorse.base.errors import ConfigError
from darkhorse.wiring import child
from darkhorse.wiring import keeper as process

__all__ = ["keeper"]


@click.command(hidden=True)
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"))
@click.option("--config", "config_path", type=click.Path(path_type=Path))
def keeper(data: Path, config_path: Path | None) -> None:  # noqa: ARG001 every process takes --config
    """Fold the journal into facts."""
    try:
        process.run(data)
    except ConfigError as e:
        child.failed(str(e))
        raise click.ClickException(str(e)) from None
