"""`darkhorse ledger`: the record, while a server writes it or without one."""

import importlib

import click

__all__ = ["ledger"]

_COMMANDS = {
    "erase": "erase",
    "export": "export",
    "list": "listing",
    "repair": "repair",
    "search": "search",
    "show": "reading",
    "stats": "stats",
    "tail": "reading",
    "verify": "verify",
}
"""Command to module: each pulls in another library."""


class _Lazy(click.Group):
    def list_commands(self, _: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module = importlib.import_module(f"darkhorse.cli.ledger.{_COMMANDS[name]}")
        command = getattr(module, f"{name}_command")
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Lazy)
def ledger() -> None:
    """Verify, read, search, export, erase the record. Private: prompts, endpoints are in it."""
