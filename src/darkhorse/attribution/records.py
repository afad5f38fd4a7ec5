"""One JSON record of anybody's log, whatever its fields are called, as an Observation.

Known: our own kept form; prompt and answer under their usual names; whole OpenAI requests and
responses, as pairs or within a batch's line; lines of `darkhorse ledger export`.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct, structs

from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.observing import plain_json

__all__ = ["Record", "record_of"]

_PROMPTS = ("prompt", "question", "input", "instruction", "query", "user")
_ANSWERS = ("answer", "response", "output", "completion", "text", "answers", "content", "reply")
_THOUGHTS = ("reasoning", "reasoning_content", "thinking", "thoughts")
_SYSTEMS = ("system", "system_prompt", "instructions")
_TOPICS = ("set", "topic", "category", "task")
_IDS = ("question_id", "prompt_id", "custom_id", "qid")
_TIMES = ("created", "created_at", "at", "timestamp")
_STATUSES = ("status", "status_code", "http_status")
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens")
_SAMPLING = ("max_tokens", "max_completion_tokens", "temperature", "top_p", "seed", "tools", "stop")
_SAID_ELSEWHERE = {"response": None, "completion": None, "output": None, "content": None}
_OURS = frozenset(Observation.__struct_fields__)
_Fields = Mapping[str, Any]


class Record(Struct, frozen=True, kw_only=True):
    """A line. `fields`: its short values, to choose and group by; no evidence in themselves."""

    seen: Observation
    fields: Mapping[str, str] = {}

    @property
    def question(self) -> str:
        """Its id where the file tells one, else a hash of the prompt."""
        told = next((self.fields[name] for name in _IDS if name in self.fields), "")
        return told or _hash(self.seen.prompt)


def record_of(told: Any) -> Record:
    """Raises ValueError with what is wrong, in words for whoever wrote the file."""
    if not isinstance(told, dict):
        raise ValueError("is no JSON object")  # noqa: TRY004 (a stranger's line, not a caller's slip)
    plain = plain_json(told)
    if isinstance(inner := plain.get("metadata"), dict):
        plain = {**inner, **plain}
    if kept := _kept(plain):
        return Record(seen=kept, fields=_short(plain))
    seen = _pair(plain) or _row(plain)
    if not seen.text and not seen.reasoning and not seen.usage and not seen.problem:
        raise ValueError("has no answer and no usage; name them `prompt` and `answer`")
    return Record(seen=seen, fields=_short(plain))


def _kept(told: dict[str, Any]) -> Observation | None:
    """A line that a run of ours kept."""
    turns = told.get("prompt", [])
    if not told.keys() <= _OURS or "probe" not in told or not isinstance(turns, list):
        return None
    try:
        return msgspec.convert(told, Observation)
    except msgspec.ValidationError:
        return None


def _pair(told: dict[str, Any]) -> Observation | None:
    """A request and its response, each whole."""
    exchange = _object(told.get("response") or told.get("completion") or told.get("output"))
    response = _body(exchange)
    if response is None and ("choices" in told or told.get("object") == "response"):
        response = told
    if response is None or not _speaks(response):
        return None
    request: _Fields = _body(told.get("request")) or _body(told.get("body")) or told
    message, finish, native = _message(response)
    return structs.replace(
        _row({**told, "answer": _text(message.get("content")), **_SAID_ELSEWHERE}),
        prompt=_turns(request) or _turns(told),
        reasoning=_text(message.get("reasoning") or message.get("reasoning_content")),
        finish=finish,
        native_finish=native,
        usage=_dict(response.get("usage")) or _dict(told.get("usage")),
        status=_status(told, exchange or {}),
        model=_str(response.get("model")),
        provider=_str(response.get("provider") or told.get("provider")),
        id=_str(response.get("id")),
        asked={name: request[name] for name in _SAMPLING if name in request},
        call_ids=_call_ids(message),
    )


def _body(value: Any) -> dict[str, Any] | None:
    """A JSON object, given as one, as its text, or as the body of an HTTP exchange."""
    told = _object(value)
    if told and isinstance(told.get("body"), dict | str):
        return _body(told["body"]) or told
    return told


def _object(value: Any) -> dict[str, Any] | None:
    """A JSON object, given as one or as its text."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            value = plain_json(msgspec.json.decode(value))
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def _speaks(response: _Fields) -> bool:
    return any(isinstance(response.get(name), list) for name in ("choices", "output", "content"))


def _message(response: _Fields) -> tuple[_Fields, str, str]:
    """The assistant's message, and why it ended, in chat's, responses' and Anthropic's forms."""
    for choice in _dicts(response.get("choices"))[:1]:
        said = _dict(choice.get("message")) or {"content": choice.get("text")}
        return said, _str(choice.get("finish_reason")), _str(choice.get("native_finish_reason"))
    items = _dicts(response.get("output"))
    if items:
        parts = [part for item in items for part in _dicts(item.get("content"))]
        return {"content": parts}, _str(response.get("status")), ""
    thoughts = "".join(_str(b.get("thinking")) for b in _dicts(response.get("content")))
    message = {"content": response.get("content"), "reasoning": thoughts}
    return message, _str(response.get("stop_reason")), ""


def _row(told: _Fields) -> Observation:
    """Prompt, answer and what else a row tells, under the names people give them."""
    turns = _turns(told)
    answer = _text(_first(told, _ANSWERS))
    if not answer and len(turns) > 1 and turns[-1].role == "assistant":
        answer, turns = turns[-1].text, turns[:-1]
    counts = {name: told[name] for name in _COUNTS if isinstance(told.get(name), int)}
    return Observation(
        prompt=turns,
        text=answer,
        reasoning=_text(_first(told, _THOUGHTS)),
        finish=_str(told.get("finish_reason") or told.get("finish")),
        native_finish=_str(told.get("native_finish_reason")),
        usage=_dict(told.get("usage")) or counts,
        status=_status(told),
        provider=_str(told.get("provider")),
        id=_str(told.get("id")),
        asked={name: told[name] for name in _SAMPLING if told.get(name) is not None},
        seconds=_seconds(told),
        topic=_str(_first(told, _TOPICS)),
        at=_moment(_first(told, _TIMES)),
    )


def _turns(told: _Fields) -> tuple[Turn, ...]:
    """What was asked; a prompt may be a text or a list of messages under any of the names."""
    said = told.get("messages") or _first(told, _PROMPTS)
    system = _text(_first(told, _SYSTEMS))
    first = (Turn("system", system),) if system else ()
    if isinstance(said, str):
        return (*first, Turn("user", said)) if said else first
    turns = (Turn(_str(m.get("role")) or "user", _text(m.get("content"))) for m in _dicts(said))
    return (*first, *turns)


def _text(value: Any) -> str:
    """A text, or the texts of a list of parts."""
    if isinstance(value, str):
        return value
    parts = [part if isinstance(part, str) else part.get("text") for part in _parts(value)]
    return "".join(part for part in parts if isinstance(part, str))


def _parts(value: Any) -> Iterable[Any]:
    return [p for p in value if isinstance(p, str | dict)] if isinstance(value, list) else []


def _call_ids(message: _Fields) -> tuple[str, ...]:
    calls = _dicts(message.get("tool_calls"))
    return tuple(call["id"] for call in calls if isinstance(call.get("id"), str))


def _first(told: _Fields, names: Iterable[str]) -> Any:
    return next((told[name] for name in names if told.get(name) not in (None, "")), None)


def _seconds(told: _Fields) -> float:
    for name, unit in (("seconds", 1.0), ("latency_ms", 0.001), ("duration_ms", 0.001)):
        value = told.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return float(value * unit)
    return 0.0


def _status(*holders: _Fields) -> int:
    """HTTP's: the first that is a failure, wherever it was logged; 200 where none is.

    Other things are called `status` too: words, and the exit codes of programs.
    """
    told = (holder.get(name) for holder in holders for name in _STATUSES)
    texts = (str(value) for value in told if isinstance(value, int | str))
    return next((int(text) for text in texts if _FAILURE.fullmatch(text)), 200)


_FAILURE = re.compile("[345][0-9]{2}")


def _moment(value: Any) -> int:
    """Unix seconds, from seconds or milliseconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return 0
    return int(value / 1000) if value > _MILLISECONDS else int(value)


_MILLISECONDS = 10**11


def _short(told: _Fields) -> dict[str, str]:
    """Values to choose by. `model` and `provider` may stand in the response only."""
    response = _body(told.get("response")) or {}
    inner = {name: response[name] for name in ("model", "provider") if name in response}
    texts = {n: str(v) for n, v in (*inner.items(), *told.items()) if isinstance(v, str | int)}
    return {name: value for name, value in texts.items() if len(value) <= _SHORT}


_SHORT = 200


def _hash(prompt: tuple[Turn, ...]) -> str:
    said = msgspec.json.encode(prompt)
    return hashlib.blake2b(said, digest_size=8).hexdigest()


def _str(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
