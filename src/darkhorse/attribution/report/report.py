"""The report of a case: `case.json` for scripts, `index.html` for people.

case.json is a `Case` (verdict.py) with every key, in the order of its fields. index.html is a page
by itself: no script, nothing from elsewhere, and nothing that a model said can become markup.
Private: both quote what was answered. The same case always gives the same bytes.
"""

import os
from pathlib import Path

from darkhorse.attribution.library.library import Library
from darkhorse.attribution.report.page import page_of
from darkhorse.attribution.report.whole import json_of
from darkhorse.attribution.verdict import Case

__all__ = ["json_of", "page_of", "write"]

_OURS_ALONE, _FOLDER = 0o600, 0o700


def write(case: Case, folder: Path, known: Library | None = None) -> Path:
    """Both files, readable for our user alone; the page's path. Raises OSError.

    The folder is made where it is not there. `known` names labs in full, and lists the sources of
    the library and their licences.
    """
    folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    _put(folder / "case.json", json_of(case))
    page = folder / "index.html"
    _put(page, page_of(case, known))
    return page


def _put(path: Path, text: str) -> None:
    """Whole or not at all: one that was there may be open to others, and is not written into."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, _OURS_ALONE)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(text)
    draft.replace(path)
