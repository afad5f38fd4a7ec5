"""Commands."""

import click

from darkhorse import __version__
from darkhorse.cli.relay import relay
from darkhorse.cli.scripted import scripted

__all__ = ["main"]


@click.group()
@click.version_option(__version__, prog_name="darkhorse")
def main() -> None:
    """Launch an AI model without a name, and find out who is behind one."""


for command in (relay, scripted):
    main.add_command(command)
