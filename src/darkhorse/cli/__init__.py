"""Commands."""

import click

from darkhorse import __version__

__all__ = ["main"]


@click.group()
@click.version_option(__version__, prog_name="darkhorse")
def main() -> None:
    """Launch an AI model without a name, and find out who is behind one."""
