"""Settings: sections of a TOML file, each field with type, default, bounds and help.

A section is a frozen struct; `load` reads a file into a struct of sections and turns every
mistake into one sentence that names the file, the place and the remedy. `docs/settings.md`
is generated from these definitions.
"""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from darkhorse.base.errors import ConfigError

__all__ = [
    "JournalSettings",
    "ModelSettings",
    "ServerSettings",
    "UpstreamSettings",
    "load",
]

T = TypeVar("T")

Seconds = Annotated[float, Meta(gt=0, le=86_400)]


class ServerSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[server]: the front door."""

    host: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535, description="Port; 0 picks a free one.")] = 8000
    max_body_bytes: Annotated[
        int, Meta(ge=1024, description="A larger request body is refused with 413.")
    ] = 32 * 1024 * 1024
    body_timeout_s: Annotated[
        Seconds,
        Meta(description="For a request's headers, and the longest pause while its body arrives."),
    ] = 30.0
    keepalive_s: Annotated[
        Seconds, Meta(description="A silent stream gets an SSE comment this often.")
    ] = 10.0
    client_stall_s: Annotated[
        Seconds, Meta(description="A client that reads nothing for so long counts as gone.")
    ] = 120.0
    drain_s: Annotated[
        Seconds, Meta(description="How long running generations may take to finish at shutdown.")
    ] = 30.0


class JournalSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[journal]: the durable log."""

    gather_ms: Annotated[
        float, Meta(ge=0, le=1000, description="A commit waits so long for company.")
    ] = 2.0
    queue_bytes: Annotated[
        int, Meta(ge=65_536, description="Unwritten bytes allowed before requests wait.")
    ] = 64 * 1024 * 1024
    rotate_bytes: Annotated[
        int, Meta(ge=65_536, description="A journal file is closed at this size.")
    ] = 256 * 1024 * 1024


class UpstreamSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[upstream]: patience with the engines behind the listings."""

    connect_s: Annotated[Seconds, Meta(description="Time to connect.")] = 5.0
    first_token_s: Annotated[Seconds, Meta(description="Time to the first byte of an answer.")] = (
        300.0
    )
    idle_s: Annotated[
        Seconds,
        Meta(description="The longest pause between two pieces of an answer; comments are none."),
    ] = 60.0
    total_s: Annotated[Seconds, Meta(description="The longest attempt at an answer.")] = 3600.0
    attempts: Annotated[
        int, Meta(ge=1, le=10, description="Tries for one generation before its first byte.")
    ] = 2
    cooldown_s: Annotated[
        Seconds, Meta(description="Rest for an endpoint after an account fault.")
    ] = 30.0
    max_answer_bytes: Annotated[
        int, Meta(ge=65_536, description="A larger answer is cut with an error.")
    ] = 64 * 1024 * 1024


class ModelSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[model]: the embedded model's engine."""

    threads: Annotated[
        int, Meta(ge=1, le=256, description="Threads; more than cores - 1 hurts.")
    ] = 1
    context: Annotated[int, Meta(ge=512, description="Native tokens shared by all slots.")] = 16_384
    slots: Annotated[int, Meta(ge=1, le=64, description="Generations at a time.")] = 4


def load(kind: type[T], path: Path) -> T:
    """Read the TOML file at `path` into `kind`. Raises ConfigError with one sentence."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; give --config an existing TOML file.") from None
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(f"{path}: cannot be read ({e}).") from None
    except tomllib.TOMLDecodeError as e:
        raise ConfigError(f"{path}: not valid TOML: {e}.") from None
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as e:
        raise ConfigError(f"{path}: {_explain(str(e), kind)}") from None


def _explain(problem: str, kind: type) -> str:
    """msgspec's sentence, with the nearest known name where a key is unknown."""
    problem = problem.replace(" - at `$.", " - at `").replace("Object contains", "The file has")
    if "matching regex" in problem:
        where = problem.partition(" - at ")[2]
        return f"{where} must be like `author/name`: small letters, digits, dots, dashes."
    unknown = re.search(r"unknown field `(.+?)`", problem)
    if not unknown:
        return f"{problem}."
    names = _field_names(kind, problem)
    near = difflib.get_close_matches(unknown[1], names, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(sorted(names))}."
    return f"{problem}; {hint}"


def _field_names(kind: type, problem: str) -> set[str]:
    """Field names of the struct that the problem is about (`… - at `server``)."""
    info = msgspec.inspect.type_info(kind)
    place = problem.rpartition(" - at `")[2].strip("`") if " - at `" in problem else ""
    for step in re.findall(r"[a-z_]+", place):
        fields = {field.encode_name: field.type for field in getattr(info, "fields", ())}
        info = fields.get(step, info)
        if isinstance(info, msgspec.inspect.ListType | msgspec.inspect.VarTupleType):
            info = info.item_type
    return {field.encode_name for field in getattr(info, "fields", ())}
