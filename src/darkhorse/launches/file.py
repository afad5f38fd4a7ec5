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
    remedy = "examples/ has launch files to begin with."
    return parse(toml.read_text(path, remedy=remedy), str(path))


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
