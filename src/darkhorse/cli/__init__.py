"""Commands."""

import click

from darkhorse import __version__
from darkhorse.cli.lazy import Lazy

__all__ = ["main"]

_COMMANDS = (
    "audit",
    "desk",
    "desk_process",
    "doctor",
    "keeper",
    "key",
    "launch",
    "ledger",
    "model",
    "pages",
    "relay",
    "report",
    "scripted",
    "unmask",
    "up",
)


@click.group(cls=Lazy, lazily={name: f"darkhorse.cli.{name}:{name}" for name in _COMMANDS})
@click.version_option(__version__, prog_name="darkhorse")
def main() -> None:
    """Launch an AI model without a name, and find out who is behind one."""
