"""What the commands of the single processes have in common; `darkhorse up` starts them."""

from collections.abc import Callable
from pathlib import Path

import click

from darkhorse.base.errors import ConfigError
from darkhorse.wiring import child
from darkhorse.wiring import config as configuration
from darkhorse.wiring.config import Config

__all__ = ["process_command"]


def process_command(name: str, does: str, run: Callable[[Path, Config], None]) -> click.Command:
    """A hidden command that runs one process until it is told to end.

    The operator's mistake goes to the supervisor, if there is one, and to stderr otherwise.
    """

    @click.command(name, hidden=True, help=does)
    @click.option(
        "--data", type=click.Path(path_type=Path), default=Path("data"), envvar="DARKHORSE_DATA"
    )
    @click.option("--config", "config_path", type=click.Path(path_type=Path))
    def command(data: Path, config_path: Path | None) -> None:
        try:
            run(data, configuration.load(config_path))
        except ConfigError as e:
            child.failed(str(e))
            raise click.ClickException(str(e)) from None

    return command
