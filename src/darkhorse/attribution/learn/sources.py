"""Where the data of a library come from: a TOML file beside them, without which nothing is learnt.

A `[[source]]` has `name`, `url`, `licence` (SPDX), perhaps `notice` (what the licence wants to be
said) and `version`, and `[source.files]`: the name of each file and its SHA-256. The one that the
shipped library was learnt from is library/sources.toml.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from darkhorse.attribution.library.library import Source
from darkhorse.base import toml
from darkhorse.base.errors import ConfigError

__all__ = ["Described", "SourcesFile", "described", "sources_of"]

_NONE = re.compile(r"(?i)\s*(none|noassertion|unknown|unlicensed|proprietary|\?|-|tbd|)\s*")
_BLOCK = 1 << 20


class Described(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One origin and its files."""

    name: str
    url: str
    licence: str
    files: Mapping[str, str]
    notice: str = ""
    version: str = ""


class SourcesFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    source: tuple[Described, ...] = ()


def described(path: Path) -> SourcesFile:
    """Raises ConfigError, also for a source without a licence."""
    file = toml.load(SourcesFile, path, remedy="say in it where the data come from (--sources).")
    for each in file.source:
        if _NONE.fullmatch(each.licence):
            raise ConfigError(
                f"{path}: {each.name} has no licence; nothing without one goes into a library."
            )
    return file


def sources_of(file: SourcesFile, paths: Sequence[Path], name: str) -> Mapping[Path, Source]:
    """The source of each of these files, which is what was described. Raises ConfigError.

    `name`: of the file of sources, for the errors.
    """
    known = {file: each for each in file.source for file in each.files}
    found = {}
    for path in paths:
        each = known.get(path.name)
        if each is None:
            raise ConfigError(
                f"{path}: nothing in {name} says where it comes from and under which licence; "
                "describe it there."
            )
        digest = _sha256(path)
        if digest != each.files[path.name].lower():
            raise ConfigError(
                f"{path}: is not the file that {name} describes; its SHA-256 is {digest}."
            )
        found[path] = Source(
            name=each.name,
            url=each.url,
            licence=each.licence,
            sha256=digest,
            notice=each.notice,
            version=each.version,
        )
    return found


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            running = hashlib.sha256()
            while block := file.read(_BLOCK):
                running.update(block)
            return running.hexdigest()
    except OSError as e:
        raise ConfigError(f"{path}: cannot be read ({e.strerror}).") from None
