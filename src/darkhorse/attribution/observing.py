"""From what came over the wire to an Observation: everything that tells, nothing of who asked."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

import msgspec

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import Ask
from darkhorse.attribution.client.key_mask import without_key
from darkhorse.attribution.client.reply import Reply
from darkhorse.attribution.client.signs import sound
from darkhorse.attribution.observation import Observation, Turn

__all__ = ["listing_of", "observation_of", "plain_json", "problem_of", "turns_of"]

_Item = TypeVar("_Item")
_SHORT = 160  # characters of a value that is kept; longer ones are text
_SAID = 400  # characters of an error's message
_LONGEST_PATH = 200
_MOST_VALUES = 400
_MOST_IN_VALUES = 1 << 16  # characters, paths with them
_MOST_HEADERS, _LONGEST_HEADER = 80, 100
_MOST_COUNTS, _MOST_CALLS = 200, 64
_MOST_TOKENS = 1 << 16
_MOST_NODES = 20_000
_DEPTH = 24
_MOST_INT = 2**53
_DIGITS = 40
_TEXTS = frozenset(
    {
        "arguments",
        "content",
        "data",
        "delta",
        "encrypted_content",
        "partial_json",
        "reasoning",
        "reasoning_content",
        "signature",
        "text",
        "thinking",
    }
)
"""Strings with what the model said: kept as text."""
_HEAPS = frozenset({"b64_json", "bytes", "logprobs", "token_ids", "top_logprobs"})
"""Far too much, whatever is in it."""
_OF_THE_ASKER = frozenset(
    {
        "age",
        "cf-ray",
        "date",
        "etag",
        "expires",
        "last-modified",
        "location",
        "nel",
        "report-to",
        "set-cookie",
    }
)
_OF_THE_ASKER_IN = (
    "account",
    "client-ip",
    "forwarded",
    "organization",
    "project",
    "real-ip",
    "user",
)
_SPOKEN = frozenset({"messages", "prompt", "input", "system", "instructions", "model"})


def observation_of(
    probe: str, asked: Ask, body: Mapping[str, Any], answer: Answer, *, key: str = "", at: int = 0
) -> Observation:
    """What this call told. `body`: the JSON that was sent. `key` is taken out wherever it stands.

    `at`: Unix seconds of the asking.
    """
    reply = answer.reply
    objects = reply.objects
    spoken = [piece for piece in answer.pieces if piece.part == "text"]
    seen = Observation(
        prompt=turns_of(asked, answer.dialect),
        text=answer.text,
        reasoning=answer.reasoning,
        finish=answer.finish[:_SAID],
        native_finish=_first(objects, "native_finish_reason"),
        usage=_usage(objects),
        status=reply.status,
        problem=problem_of(reply),
        probe=probe,
        asked={name: value for name, value in body.items() if name not in _SPOKEN},
        model=_first(objects, "model"),
        provider=_first(objects, "provider"),
        id=_first(objects, "id"),
        call_ids=tuple(call.id[:_SAID] for call in answer.calls if call.id)[:_MOST_CALLS],
        headers=_headers(reply),
        values=_values(objects),
        pieces=tuple(piece.text for piece in spoken),
        moments=tuple(round(piece.at, 4) for piece in spoken),
        seconds=round(reply.seconds, 4),
        tokens=tuple(islice(_tokens(objects), _MOST_TOKENS)),
        at=at,
    )
    return _cleaned(seen, key)


def listing_of(reply: Reply, model: str, *, key: str = "", at: int = 0) -> Observation:
    """What `GET /models` says of this model, as an observation of `wire/models`."""
    told = reply.json
    rows = told.get("data", told.get("models")) if isinstance(told, dict) else told
    entries = [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []
    ours = [each for each in entries if model in (each.get("id"), each.get("name"))]
    seen = Observation(
        status=reply.status,
        problem=reply.problem,
        probe="wire/models",
        headers=_headers(reply),
        values=_values([{"data": ours}] if ours else []),
        seconds=round(reply.seconds, 4),
        at=at,
    )
    return _cleaned(seen, key)


def turns_of(asked: Ask, dialect: str = "chat") -> tuple[Turn, ...]:
    """What was said to the model. Completions have no roles: one text."""
    if dialect == "completions":
        return (Turn("user", "\n".join(asked.texts)),)
    system = (Turn("system", asked.system),) if asked.system else ()
    return (*system, *(Turn(each.role, each.text) for each in asked.messages))


def plain_json(value: Any, depth: int = _DEPTH) -> Any:
    """A JSON value that can be written again: whole characters; huge and odd numbers as text."""
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return value if abs(value) <= _MOST_INT else str(value)[:_DIGITS]
    if isinstance(value, Mapping) and depth:
        return {sound(str(name)): plain_json(each, depth - 1) for name, each in value.items()}
    if isinstance(value, list | tuple) and depth:
        return [plain_json(each, depth - 1) for each in value]
    return None


def problem_of(reply: Reply) -> str:
    """Why it is no answer, where its status does not say so: silence, no JSON, an error inside."""
    if reply.problem or not reply.ok:
        return reply.problem
    if not reply.objects:
        return "no JSON in the answer"
    for told in reply.objects:
        error = told.get("error")
        if error:
            message = error.get("message") if isinstance(error, dict) else error
            return f"an error in the answer: {str(message)[:_SAID]}"
    return ""


def _first(objects: tuple[Any, ...], name: str) -> str:
    """The first value of this field, wherever the dialects have it."""
    for told in objects:
        for holder in (told, told.get("message"), told.get("response"), _choice(told)):
            value = holder.get(name) if isinstance(holder, dict) else None
            if isinstance(value, str) and value:
                return value[:_SAID]
    return ""


def _choice(told: dict[str, Any]) -> dict[str, Any]:
    choices = told.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}


def _usage(objects: tuple[Any, ...]) -> dict[str, Any]:
    """All that was counted, within bounds.

    Anthropic's streams count the prompt first and the answer last.
    """
    found: dict[str, Any] = {}
    for told in objects:
        for holder in (told, told.get("message"), told.get("response"), told.get("x_groq")):
            usage = holder.get("usage") if isinstance(holder, dict) else None
            if isinstance(usage, dict):
                found.update(islice(usage.items(), _MOST_COUNTS))
    clean = plain_json(_few(found, iter(range(_MOST_COUNTS))))
    return clean if isinstance(clean, dict) else {}


def _few(value: Any, room: Iterator[int], depth: int = _DEPTH) -> Any:
    """Without long names, without long strings, and no more than there is room for."""
    if not depth or not isinstance(value, dict | list):
        return None if isinstance(value, dict | list) else value
    if isinstance(value, list):
        short = (each for each in value if not _is_long(each))
        return [_few(each, room, depth - 1) for each, _ in zip(short, room, strict=False)]
    named = ((n, v) for n, v in value.items() if len(n) <= _SHORT and not _is_long(v))
    return {n: _few(v, room, depth - 1) for (n, v), _ in zip(named, room, strict=False)}


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and len(value) > _SHORT


def _headers(reply: Reply) -> tuple[tuple[str, str], ...]:
    pairs = ((name.strip().lower(), value) for name, value in reply.headers)
    kept = ((n, v[:_SAID]) for n, v in pairs if len(n) <= _LONGEST_HEADER and not _names_asker(n))
    return tuple(islice(kept, _MOST_HEADERS))


def _names_asker(header: str) -> bool:
    return header in _OF_THE_ASKER or any(part in header for part in _OF_THE_ASKER_IN)


def _values(objects: Any) -> tuple[tuple[str, str], ...]:
    """Short values by path; the same one once."""
    found: dict[tuple[str, str], None] = {}
    room = _MOST_IN_VALUES
    for path, value in _walk(list(objects)):
        told = value if isinstance(value, str) else json.dumps(value)
        is_message = path.endswith("message")
        if (len(told) > _SHORT and not is_message) or (path, told[:_SAID]) in found:
            continue
        found[path, told[:_SAID]] = None
        room -= len(path) + len(told[:_SAID])
        if len(found) >= _MOST_VALUES or room <= 0:
            break
    return tuple(found)


def _walk(objects: list[Any]) -> Iterator[tuple[str, Any]]:
    """Every scalar with its path, `choices[].finish_reason`; no text; bounded whatever comes."""
    stack = [("", each, 0) for each in reversed(objects)]
    for _ in range(_MOST_NODES):
        if not stack:
            return
        path, value, depth = stack.pop()
        if isinstance(value, dict) and depth < _DEPTH:
            items = [(k, v) for k, v in _first_of(value.items()) if not _is_text(k, v)]
            short = [(k, v) for k, v in items if len(path) + len(k) < _LONGEST_PATH]
            inner = [(f"{path}.{k}" if path else k, v) for k, v in short]
            stack.extend((p, v, depth + 1) for p, v in reversed(inner))
        elif isinstance(value, list) and depth < _DEPTH:
            inside = f"{path}[]"
            stack.extend((inside, each, depth + 1) for each in reversed(_first_of(value)))
        elif not isinstance(value, dict | list):
            yield path, value


def _first_of(items: Iterable[_Item]) -> list[_Item]:
    """More would not be walked."""
    return list(islice(items, _MOST_NODES))


def _is_text(name: str, value: Any) -> bool:
    """What the model said, but not where it is empty: `reasoning: null` is a form, no thought."""
    if name in _HEAPS:
        return bool(value)
    return name in _TEXTS and isinstance(value, str) and bool(value)


def _tokens(objects: tuple[Any, ...]) -> Iterator[str]:
    """Of log probabilities: chat has objects, completions have strings."""
    for told in objects:
        logprobs = _choice(told).get("logprobs")
        if isinstance(logprobs, dict):
            for row in (*_list(logprobs.get("content")), *_list(logprobs.get("tokens"))):
                token = row.get("token") if isinstance(row, dict) else row
                if isinstance(token, str) and len(token) <= _SAID:
                    yield token


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_OURS = frozenset({"asked", "at", "moments", "probe", "prompt", "seconds", "status"})
"""Fields with nothing of what came: what we asked, and when."""


def _cleaned(seen: Observation, key: str) -> Observation:
    """Sound strings everywhere, and no key: an error likes to repeat it."""
    told = plain_json(msgspec.to_builtins(seen))
    for name in ("pieces", "tokens"):
        joined = "".join(told.get(name, ()))
        if without_key(key, joined) != joined:
            told = {**told, name: []}  # each alone may be a letter of it
    if not told.get("pieces"):
        told = {**told, "moments": []}
    clean = {n: each if n in _OURS else _without(key, each) for n, each in told.items()}
    return msgspec.convert(clean, Observation)


def _without(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return without_key(key, value)
    if isinstance(value, dict):
        return {without_key(key, name): _without(key, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without(key, each) for each in value]
    return value
