"""Options that every command spells alike."""

from pathlib import Path

import click

__all__ = ["data_option", "json_option"]

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="DARKHORSE_DATA",
    show_envvar=True,
    default=Path("data"),
    show_default=True,
    help="The server's data directory.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
