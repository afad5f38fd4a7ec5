"""TOML files into structs; every mistake is one sentence with file, line, place and remedy."""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import NODEFAULT
from msgspec.inspect import Field, ListType, Metadata, StructType, UnionType, VarTupleType

from darkhorse.base.errors import ConfigError

__all__ = ["line_of", "load", "parse", "read_text", "steps"]

T = TypeVar("T")
Place = list[str | int]


def load(kind: type[T], path: Path, *, remedy: str) -> T:
    """Read the file at `path` into `kind`. Raises ConfigError; `remedy` is for a missing file."""
    return parse(kind, read_text(path, remedy=remedy), str(path))


def read_text(path: Path, *, remedy: str) -> str:
    """The file's text. Raises ConfigError; `remedy` is for a missing file."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; {remedy}") from None
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(f"{path}: cannot be read ({e}).") from None


def parse(kind: type[T], text: str, name: str) -> T:
    """`name` stands for the file in the errors. Raises ConfigError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise ConfigError(f"{name}: not valid TOML: {e}.") from None
    except RecursionError:
        raise ConfigError(f"{name}: not valid TOML: it is nested too deeply.") from None
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as e:
        problem, _, where = str(e).partition(" - at `")
        place = steps(where.rstrip("`"))
        sentence, at = _explain(problem, place, kind)
        raise ConfigError(f"{name}: line {line_of(text, at)}: {sentence}") from None


def line_of(text: str, place: Place) -> int:
    """The line on which the value at `place` begins, or else the nearest table around it.

    tomllib tells no lines, but it reads a file that ends early: the statement that first makes
    the value appear is the one that has it.
    """
    lines = text.splitlines()
    while place:
        begin = 0
        for end in range(1, len(lines) + 1):
            try:
                found = _has(tomllib.loads("\n".join(lines[:end])), place)
            except tomllib.TOMLDecodeError:
                continue  # inside a value of several lines
            if found:
                return _first_statement(lines, begin, end)
            begin = end
        place = place[:-1]
    return 1


def _first_statement(lines: list[str], begin: int, end: int) -> int:
    for at in range(begin, end):
        if lines[at].strip() and not lines[at].lstrip().startswith("#"):
            return at + 1
    return end


def _has(data: Any, place: Place) -> bool:
    try:
        for step in place:
            data = data[step]
    except (LookupError, TypeError):
        return False
    return True


def steps(path: str) -> Place:
    """`private.endpoint[1].url`, with `$.` before it or not, as names and numbers."""
    found = re.findall(r"([A-Za-z0-9_-]+)|\[(\d+)\]", re.sub(r"\[(\d+)\]", r"[\1]", path))
    return [int(index) if index else name for name, index in found]


def _spell(place: Place) -> str:
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in place).lstrip(".")


def _explain(problem: str, place: Place, kind: type) -> tuple[str, Place]:
    """The sentence, and the place it is about."""
    if unknown := re.search(r"unknown field `(.+?)`", problem):
        at = [*place, unknown[1]]
        return f"`{_spell(at)}` is unknown; {_known(unknown[1], _fields(kind, place))}", at
    if missing := re.search(r"missing required field `(.+?)`", problem):
        at = [*place, missing[1]]
        hint = _remedy(missing[1], _fields(kind, place).get(missing[1]))
        return f"`{_spell(at)}` is missing; {hint}", place
    field = _field(kind, place)
    if field and (word := re.search(r"invalid enum value '(.*)'", problem, re.IGNORECASE)):
        return f"`{_spell(place)}`: `{word[1]}` is none; {_allowed(word[1], field)}", place
    hint = _remedy(field.encode_name, field) if field else "correct it."
    return f"`{_spell(place)}`: {_plain(problem, place)}; {hint}", place


def _field(kind: type, place: Place) -> Field | None:
    """The field at a place, or the one whose list it is in."""
    named = [*place]
    while named and isinstance(named[-1], int):
        named.pop()
    return _fields(kind, named[:-1]).get(str(named[-1])) if named else None


def _allowed(word: str, field: Field) -> str:
    info: Any = field.type
    while isinstance(info, Metadata | VarTupleType | ListType):
        info = info.type if isinstance(info, Metadata) else info.item_type
    values = [str(value) for value in getattr(info, "values", ())]
    near = difflib.get_close_matches(word, values, n=1)
    return f"did you mean `{near[0]}`?" if near else f"it may be {', '.join(values)}."


def _plain(problem: str, place: Place) -> str:
    if "matching regex" in problem and place and place[-1] == "slug":
        return "it must be like `author/name`: small letters, digits, dots, dashes"
    return problem[:1].lower() + problem[1:]


def _known(name: str, fields: dict[str, Field]) -> str:
    near = difflib.get_close_matches(name, fields, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"known keys: {', '.join(sorted(fields))}."


def _remedy(name: str, field: Field | None) -> str:
    """What to write instead, from the field's own description and example."""
    if field is None:
        return "add it."
    meta = _meta(field)
    told = str(meta.get("description", "")).rstrip(".")
    what = f" ({told[:1].lower()}{told[1:]})" if told else ""
    if isinstance(field.type, StructType) or _inner(field.type) is not None:
        return f"add the table{what}."
    examples = meta.get("examples") or ()
    default = () if field.default is NODEFAULT or field.default is None else (field.default,)
    for example in (*examples, *default):
        if isinstance(example, str | int | float | bool | list | tuple):
            return f"write for example `{name} = {_toml(example)}`{what}."
    return f"give it a value{what}."


def _toml(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _meta(field: Field) -> dict[str, Any]:
    info = field.type
    found: dict[str, Any] = {}
    while isinstance(info, Metadata):
        found = {**(info.extra_json_schema or {}), **found}
        info = info.type
    return found


def _inner(info: Any) -> StructType | None:
    """The struct in a list of structs."""
    while isinstance(info, Metadata):
        info = info.type
    item = getattr(info, "item_type", None)
    while isinstance(item, Metadata):
        item = item.type
    return item if isinstance(item, StructType) else None


def _fields(kind: type, place: Place) -> dict[str, Field]:
    """The fields of the struct at `place`."""
    info = msgspec.inspect.type_info(kind)
    for step in place:
        info = _bare(info)
        if isinstance(info, ListType | VarTupleType):
            info = info.item_type
        elif isinstance(info, StructType) and (field := _by_name(info).get(str(step))):
            info = field.type
    info = _bare(info)
    return _by_name(info) if isinstance(info, StructType) else {}


def _bare(info: Any) -> Any:
    """Without annotations and without `| None`."""
    while isinstance(info, Metadata | UnionType):
        if isinstance(info, UnionType):
            info = next(
                (one for one in info.types if isinstance(_bare(one), StructType)), info.types[0]
            )
        else:
            info = info.type
    return info


def _by_name(info: StructType) -> dict[str, Field]:
    return {field.encode_name: field for field in info.fields}
