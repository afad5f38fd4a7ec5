"""`darkhorse unmask learn`: a library from answers and counts that anybody can point it at."""

import importlib
import os
from collections.abc import Sequence
from pathlib import Path

import click

from darkhorse.attribution.learn.gathering import Gathered
from darkhorse.attribution.library.library import Library, pack
from darkhorse.base.errors import ConfigError
from darkhorse.cli.options import json_option
from darkhorse.cli.unmask_library import print_library
from darkhorse.cli.unmask_telling import OnProgress, counting, stoppable, told_bad, unable

__all__ = ["learn"]

_OF_THE_LAB = ("numpy", "scipy")


@click.command("learn")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="DATA…",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option(
    "--out",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The library, *.msgpack.zst.",
)
@click.option(
    "--sources",
    required=True,
    metavar="TOML",
    type=click.Path(path_type=Path),
    help="Where each file comes from and under which licence; nothing is taken without.",
)
@json_option
def learn(
    files: tuple[Path, ...],
    out: Path,
    sources: Path,
    as_json: bool,  # noqa: FBT001 (click passes by name)
) -> None:
    """Learn a library of makers from DATA: answers with `model` as lab/model, and token counts.

    DATA are JSON lines (docs/unmask.md has the fields), plain, .gz or .zst, and tables of counts.
    The same files give the same library, byte for byte.
    """
    with stoppable("stopped; nothing was written"), unable():
        with counting() as on_progress:
            library, gathered = _learnt(files, sources, on_progress)
        told_bad(gathered.reading)
        packed = pack(library)
        _put(out, packed)
        print_library(library, len(packed), str(out), as_json=as_json)


def _learnt(
    files: Sequence[Path], sources: Path, on_progress: OnProgress
) -> tuple[Library, Gathered]:
    """Loads learning only now: it needs numpy, which nothing else does. Raises ConfigError."""
    try:
        learning = importlib.import_module("darkhorse.attribution.learn.learning")
    except ModuleNotFoundError as e:
        if e.name not in _OF_THE_LAB:
            raise
        raise ConfigError(
            f"Learning needs {e.name}; run scripts/lab, or pip install 'darkhorse[lab]'."
        ) from None
    library, gathered = learning.learn_files(files, sources, on_progress)
    return library, gathered


def _put(path: Path, packed: bytes) -> None:
    """Whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(packed)
        draft.replace(path)
    except OSError as e:
        raise ConfigError(f"{path}: cannot be written ({e.strerror}).") from None
