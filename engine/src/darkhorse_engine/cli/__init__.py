"""Commands: `show`, `lift`, `export`, `chat`, `serve`. Each is loaded when it is asked for."""

import importlib
from typing import Any

import click

from darkhorse_engine import __version__

__all__ = ["main"]

_COMMANDS = {
    "chat": "Talk to a model in the terminal.",
    "export": "Write a model as a GGUF that llama.cpp runs.",
    "lift": "Turn a llama-type GGUF into GLM-5's architecture, exactly.",
    "serve": "Serve a model to OpenAI's clients.",
    "show": "Say what a shape costs: parameters, cache, FLOPs and bytes a token.",
}


class _Lazy(click.Group):
    """Most commands need torch, which takes seconds to load; `--help` and `show` do without."""

    def list_commands(self, _: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module = importlib.import_module(f"darkhorse_engine.cli.{name}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=_Lazy)
@click.version_option(__version__, prog_name="darkhorse-engine")
def main(**_: Any) -> None:
    """GLM-5's architecture, small, readable and truly sparse, on a CPU."""
