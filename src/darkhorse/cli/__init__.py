"""Commands."""

import importlib
import signal
import sys

import click

from darkhorse import __version__

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
_INTERRUPTED = 128 + signal.SIGINT


class _Lazy(click.Group):
    """Loads a command's module when it is asked for: each pulls in another half of the house."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        try:
            command = getattr(importlib.import_module(f"darkhorse.cli.{name}"), name)
        except KeyboardInterrupt:
            sys.exit(_INTERRUPTED)  # click's own status is 1: of an audit, a leak
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Lazy)
@click.version_option(__version__, prog_name="darkhorse")
def main() -> None:
    """Launch an AI model without a name, and find out who is behind one."""
