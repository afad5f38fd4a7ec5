"""Files of any kind that a library is learnt from: answers, and tables of token counts."""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field, structs

from darkhorse.attribution.labs import settled
from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.reading import Reading, read_files
from darkhorse.attribution.records import Record
from darkhorse.base.errors import ConfigError

__all__ = ["Gathered", "gather"]

Table = Mapping[str, Any]


class Gathered(Struct, kw_only=True):
    """All of it. `probes` and `prompts`: tables as `learn_counts` takes them."""

    rows: list[Row] = field(default_factory=list)
    counted: dict[Path, int] = field(default_factory=dict)  # a file → its rows
    probes: Table | None = None
    prompts: Table | None = None
    reading: Reading = field(default_factory=Reading)  # for its bad lines


def gather(paths: Sequence[Path], on_progress: Callable[[str, int, int], None]) -> Gathered:
    """Read them. Raises ConfigError.

    Rows come in an order of their own, whatever order the files have: by model, set, question.
    """
    found = Gathered()
    for path in paths:
        if (table := _table(path)) is not None:
            _take_table(found, path, table)
        else:
            _take_rows(found, path, on_progress)
    names = settled(row.model for row in found.rows)
    renamed = (structs.replace(row, model=names[row.model]) for row in found.rows)
    found.rows = sorted(renamed, key=_place)
    if found.prompts and (native := found.prompts.get("native")):
        renamed_native = {names.get(model, model): name for model, name in native.items()}
        found.prompts = {**found.prompts, "native": renamed_native}
    return found


def _place(row: Row) -> tuple[str, str, str, str, str]:
    return row.model, row.set, row.question, row.seen.id, row.seen.text


def _table(path: Path) -> Table | None:
    """A table of counts is one JSON object, and no record of an answer."""
    if path.name.removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        return None
    try:
        raw = path.read_bytes()
        told = json.loads(gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw)
    except OSError as e:
        raise ConfigError(f"{path}: cannot be read ({e.strerror or e}).") from None
    except (ValueError, EOFError, zlib.error, RecursionError):
        return None
    is_table = isinstance(told, dict) and ("counts" in told or "questions" in told)
    return told if is_table else None


def _take_table(found: Gathered, path: Path, table: Table) -> None:
    kind = "prompts" if "questions" in table else "probes"
    if getattr(found, kind) is not None:
        raise ConfigError(f"{path}: is a second table of {kind}; name one.")
    needed = ("vocabularies", "questions") if kind == "prompts" else ("probes", "names", "counts")
    if missing := [name for name in needed if name not in table]:
        raise ConfigError(f"{path}: is a table of {kind} without {', '.join(missing)}.")
    setattr(found, kind, table)


def _take_rows(found: Gathered, path: Path, on_progress: Callable[[str, int, int], None]) -> None:
    size = path.stat().st_size if path.is_file() else 0
    reading = read_files(
        [str(path)], lambda _, done: on_progress(f"reading {path.name}", done, size)
    )
    rows = [row for record in reading.records if (row := _row(record))]
    nameless = len(reading.records) - len(rows)
    if nameless:
        reading.note(str(path), 0, f"and {nameless - 1:,} more have no `model` as lab/model")
    if not rows:
        raise ConfigError(
            f"{path}: no line of it is an answer with a `model` of the form lab/model."
        )
    found.rows += rows
    found.counted[path] = len(rows)
    found.reading.bad += reading.bad
    found.reading.bad_count += reading.bad_count


def _row(record: Record) -> Row | None:
    lab, slash, name = record.fields.get("model", "").strip().lower().partition("/")
    if not (lab and slash and name) or not record.seen.ok:
        return None
    return Row(
        model=f"{lab}/{name}",
        seen=structs.replace(record.seen, model="", topic=""),
        set=record.seen.topic,
        question=record.question,
    )
