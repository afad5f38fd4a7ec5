"""From what came over the wire to an Observation: everything that tells, nothing of who asked."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import Ask
from darkhorse.attribution.client.reply import Reply
from darkhorse.attribution.client.signs import sound
from darkhorse.attribution.observation import Observation, Turn

__all__ = ["listing_of", "observation_of", "plain_json", "problem_of", "turns_of"]

_SHORT = 160  # characters of a value that is kept; longer ones are text
_SAID = 400  # characters of an error's message
_MOST_VALUES = 400
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
        finish=answer.finish,
        native_finish=_first(objects, "native_finish_reason"),
        usage=_usage(objects),
        status=reply.status,
        problem=problem_of(reply),
        probe=probe,
        asked={name: value for name, value in body.items() if name not in _SPOKEN},
        model=_first(objects, "model"),
        provider=_first(objects, "provider"),
        id=_first(objects, "id"),
        call_ids=tuple(call.id for call in answer.calls if call.id),
        headers=_headers(reply),
        values=_values(objects),
        pieces=tuple(piece.text for piece in spoken),
        moments=tuple(round(piece.at, 4) for piece in spoken),
        seconds=round(reply.seconds, 4),
        tokens=tuple(_tokens(objects)),
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
    """All that was counted; Anthropic's streams count the prompt first and the answer last."""
    found: dict[str, Any] = {}
    for told in objects:
        for holder in (told, told.get("message"), told.get("response"), told.get("x_groq")):
            usage = holder.get("usage") if isinstance(holder, dict) else None
            if isinstance(usage, dict):
                found.update(usage)
    clean = plain_json(found)
    return clean if isinstance(clean, dict) else {}


def _headers(reply: Reply) -> tuple[tuple[str, str], ...]:
    pairs = ((name.strip().lower(), value) for name, value in reply.headers)
    return tuple((n, v[:_SAID]) for n, v in pairs if not _names_asker(n))


def _names_asker(header: str) -> bool:
    return header in _OF_THE_ASKER or any(part in header for part in _OF_THE_ASKER_IN)


def _values(objects: Any) -> tuple[tuple[str, str], ...]:
    """Short values by path; the same one once."""
    found: dict[tuple[str, str], None] = {}
    for path, value in _walk(list(objects)):
        told = value if isinstance(value, str) else json.dumps(value)
        longest = _SAID if path.endswith("message") else _SHORT
        if len(told) <= longest:
            found.setdefault((path, told))
        elif path.endswith("message"):
            found.setdefault((path, told[:longest]))
        if len(found) >= _MOST_VALUES:
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
            items = [(f"{path}.{k}" if path else str(k), k, v) for k, v in value.items()]
            stack.extend((p, v, depth + 1) for p, k, v in reversed(items) if not _is_text(k, v))
        elif isinstance(value, list) and depth < _DEPTH:
            stack.extend((f"{path}[]", each, depth + 1) for each in reversed(value))
        elif not isinstance(value, dict | list):
            yield path, value


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
                if isinstance(token, str):
                    yield token


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _cleaned(seen: Observation, key: str) -> Observation:
    """Sound strings everywhere, and no key: an error likes to repeat it."""
    told = plain_json(msgspec.to_builtins(seen))
    return msgspec.convert(_without(key, told) if key else told, Observation)


def _without(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(key, "…")
    if isinstance(value, dict):
        return {name.replace(key, "…"): _without(key, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without(key, each) for each in value]
    return value
