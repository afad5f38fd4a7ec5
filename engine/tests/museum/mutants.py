"""Known mistakes of the field, as changes to our source; and the package with one of them made.

Each has its story: where it happened. The text to change has to be there exactly once, so whoever
rewrites such a line meets it here.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import ModuleType

import darkhorse_engine

__all__ = ["Mistake", "made"]

_PACKAGE = Path(darkhorse_engine.__file__).parent
_NEEDED = ("config", "layers", "cache", "sparse", "attention", "experts", "model")
_numbers = count()


@dataclass(frozen=True)
class Mistake:
    """One text of one module, and what somebody wrote instead."""

    name: str
    module: str
    ours: str
    theirs: str
    story: str
    """Who made it, or what it does."""
    hides: bool = False
    """Is everything right as long as no query sees more than `index_topk` tokens?"""


@contextmanager
def made(mistake: Mistake, where: Path) -> Iterator[ModuleType]:
    """The module `model` of a copy of the package in which the mistake was made."""
    package = f"mutant_{next(_numbers)}"
    folder = where / package
    folder.mkdir()
    (folder / "__init__.py").touch()
    for name in _NEEDED:
        text = (_PACKAGE / f"{name}.py").read_text()
        if name == mistake.module:
            assert text.count(mistake.ours) == 1, f"{mistake.name}: the source has changed"
            text = text.replace(mistake.ours, mistake.theirs)
        (folder / f"{name}.py").write_text(text.replace("darkhorse_engine", package))
    sys.path.insert(0, str(where))
    try:
        yield importlib.import_module(f"{package}.model")
    finally:
        sys.path.remove(str(where))
        for name in [name for name in sys.modules if name.split(".")[0] == package]:
            del sys.modules[name]
