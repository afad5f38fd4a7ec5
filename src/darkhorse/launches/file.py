"""The launch file: TOML in, a checked definition out."""

import re
from pathlib import Path

from msgspec import Struct

from darkhorse.base import toml
from darkhorse.base.errors import ConfigError
from darkhorse.catalog.launch import Definition

__all__ = ["LaunchFile", "parse", "read"]


class LaunchFile(Struct, frozen=True):
    """A definition and the text it was read from."""

    definition: Definition
    source: str


def read(path: Path) -> LaunchFile:
    """The launch file at `path`, whole and checked. Raises ConfigError: file, line, remedy."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file; examples/ has launch files to begin with."
        ) from None
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(f"{path}: cannot be read ({e}).") from None
    return parse(text, str(path))


def parse(text: str, name: str) -> LaunchFile:
    """The same from text; `name` stands for the file. Raises ConfigError."""
    definition = toml.parse(Definition, text, name)
    try:
        definition.check()
    except ConfigError as e:
        place = re.match(r"[a-z_.\[\]0-9]+(?=:)", str(e))
        line = toml.line_of(text, toml.steps(place[0])) if place else 1
        raise ConfigError(f"{name}: line {line}: {e}") from None
    return LaunchFile(definition, text)
