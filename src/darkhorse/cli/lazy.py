"""Groups of commands whose modules are loaded when they are asked for."""

import importlib
import signal
import sys
from collections.abc import Mapping
from typing import Any

import click

__all__ = ["Lazy"]

_INTERRUPTED = 128 + signal.SIGINT


class Lazy(click.Group):
    """`lazily`: `module:attribute` by a command's name. Each pulls in another half of the house."""

    def __init__(self, *args: Any, lazily: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self._lazily = lazily

    def list_commands(self, _: click.Context) -> list[str]:
        return sorted({*self.commands, *self._lazily})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self._lazily:
            return super().get_command(context, name)
        module, _, attribute = self._lazily[name].partition(":")
        try:
            command = getattr(importlib.import_module(module), attribute)
        except KeyboardInterrupt:
            sys.exit(_INTERRUPTED)  # click's own status is 1: of an audit, a leak
        return command if isinstance(command, click.Command) else None
