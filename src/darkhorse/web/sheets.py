"""Lines for a spreadsheet: CSV in which a stranger's text cannot be a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

__all__ = ["csv_lines", "safe_cell"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """A line each; None is an empty cell. Halves of characters are no UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def safe_cell(value: object) -> object:
    """Numbers as they are; text that a spreadsheet would calculate gets an apostrophe."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
