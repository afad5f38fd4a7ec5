"""What `/generation` says of an answer afterwards: native counts, ids, providers, errors."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer, walk
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.reply import Reply
from darkhorse.audit.attack import closed, exhibit, unanswered
from darkhorse.audit.gathering import Gathering
from darkhorse.audit.neutral import FINISHES
from darkhorse.audit.tells import Wanted, rarities, strings
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["GenerationRecord"]

_NAME = "generation-record"
_SHARE = 30  # of a door's patience: the content of an answer may take a moment
_FIELDS = frozenset(
    {
        *("id", "request_id", "upstream_id", "model", "provider_name", "provider_responses"),
        *("api_type", "router", "origin", "http_referer", "user_agent", "app_id", "preset_id"),
        *("workspace_id", "external_user", "session_id", "data_region", "created_at", "streamed"),
        *("cancelled", "is_byok", "finish_reason", "native_finish_reason", "latency", "total_cost"),
        *("generation_time", "moderation_latency", "tokens_prompt", "tokens_completion", "usage"),
        *("native_tokens_prompt", "native_tokens_completion", "native_tokens_reasoning"),
        *("native_tokens_cached", "native_tokens_completion_images", "num_media_prompt"),
        *("num_media_completion", "num_input_audio_prompt", "num_search_results", "num_fetches"),
        *("web_search_engine", "upstream_inference_cost", "cache_discount", "service_tier"),
        "response_cache_source_id",
    }
)
_CONTENT = ("input", "output", "error")
_NOTHING: dict[str, tuple[Any, ...]] = {
    "upstream_id": (None, ""),
    "provider_name": (None, "Stealth"),
    "provider_responses": (None, []),
    "router": (None,),
    "is_byok": (None, False),
    "data_region": (None, "global"),
    "native_tokens_cached": (None, 0),
    "upstream_inference_cost": (None, 0),
    "cache_discount": (None, 0),
    "service_tier": (None,),
    "web_search_engine": (None,),
    "response_cache_source_id": (None,),
    "moderation_latency": (None,),
}
"""Field → what stands there where nothing is told."""


class Reading(Struct, frozen=True):
    """An answer, and what is said of it later; `names`: who made it, as the door knows."""

    answer: Answer
    facts: Reply
    content: Reply
    names: tuple[str, ...]

    @property
    def data(self) -> dict[str, Any]:
        """The record."""
        return _data(self.facts)

    def exhibit(self, field: str) -> Exhibit:
        """The field that tells; the record where it is not one alone."""
        told = {field: self.data[field]} if field in self.data else self.data
        said = json.dumps(told, ensure_ascii=False)
        return exhibit("public", "GET /generation?id=…", said)


def _data(reply: Reply) -> dict[str, Any]:
    data = reply.json.get("data") if reply.ok and isinstance(reply.json, dict) else None
    return data if isinstance(data, dict) else {}


class GenerationRecord:
    """One answer, looked up twice."""

    name = "record"
    channels = (_NAME,)
    calls = 3

    async def read(self, door: Door) -> Reading:
        """Ask, and look up what was asked."""
        answer = await door.ask(ask("Say a word.", limit=16))
        if door.side == "raw":
            return Reading(answer, Reply(), Reply(), door.names.all)
        body = answer.reply.json if isinstance(answer.reply.json, dict) else {}
        where = f"?id={body.get('id', '')}"
        facts = await door.get(f"/generation{where}")
        content = await _patiently(door, f"/generation/content{where}") if facts.ok else Reply()
        return Reading(answer, facts, content, door.names.all)

    def judge(self, raw: Reading | None, public: Reading) -> Iterable[Finding]:
        """Nulls and public values everywhere."""
        if not public.answer.ok:
            return [unanswered(_NAME, "a plain question was not answered")]
        if not public.facts.ok:
            said = f"no record is shown: {public.facts.status or public.facts.problem}"
            return [closed(_NAME, said)]
        gathering = Gathering()
        for what, said in _tells(public, _hidden(raw, public)):
            gathering.add(f"{_NAME}/{what}", said, public.exhibit(what))
        for what, said in _content_tells(public):
            shown = exhibit("public", "GET /generation/content?id=…", public.content.text)
            gathering.add(f"{_NAME}/{what}", said, shown)
        read = "record and content" if public.content.ok else "the record (its content came late)"
        return gathering.findings(_NAME, f"{read}: nulls and public values")


async def _patiently(door: Door, path: str) -> Reply:
    try:
        async with asyncio.timeout(min(4.0, door.patience_s / _SHARE)):
            return await door.get(path)
    except TimeoutError:
        return Reply(problem="late")


class _Hidden(Struct, frozen=True):
    wanted: Wanted
    rare: frozenset[str]

    def find(self, text: str) -> str:
        """A name, or a word of the raw answer."""
        return self.wanted.find(text) or next((w for w in sorted(self.rare) if w in text), "")


def _hidden(raw: Reading | None, public: Reading) -> _Hidden:
    names = (*(raw.names if raw else ()), *public.names)
    known = (public.answer.reply.text, raw.answer.text if raw else "")
    rare = rarities([raw.answer.reply], known) if raw else frozenset[str]()
    return _Hidden(Wanted(names), rare)


def _tells(public: Reading, hidden: _Hidden) -> Iterator[tuple[str, str]]:
    data = public.data
    if strange := sorted(set(data) - _FIELDS):
        yield "fields", f"fields of nobody: {', '.join(strange[:4])}"
    for field, values in _NOTHING.items():
        if data.get(field) not in values:
            yield field, f"`{field}` is {data[field]!r}"
    finish, native = data.get("finish_reason"), data.get("native_finish_reason")
    if native not in (None, finish) or (finish and finish not in FINISHES):
        yield "native_finish_reason", f"`native_finish_reason` is {native!r}, not {finish!r}"
    yield from _count_tells(data, public)
    said = public.answer.reply.json.get("model")
    if data.get("model") not in (None, said):
        yield "model", f"`model` is {data.get('model')!r}, the answer said {said!r}"
    if name := hidden.find("\n".join(strings(data))):
        yield "names", f"it says `{name}`, which only the endpoint knows"


def _count_tells(data: dict[str, Any], public: Reading) -> Iterator[tuple[str, str]]:
    usage = public.answer.usage
    due = {
        "tokens_prompt": usage.prompt,
        "tokens_completion": usage.completion,
        "native_tokens_prompt": usage.prompt,
        "native_tokens_completion": usage.completion,
        "native_tokens_reasoning": usage.reasoning or 0,
    }
    for field, count in due.items():
        if data.get(field) not in (None, count):
            yield field, f"`{field}` is {data[field]}, the answer's own count {count}"


def _content_tells(public: Reading) -> Iterator[tuple[str, str]]:
    data = _data(public.content)
    if strange := sorted(set(data) - set(_CONTENT)):
        yield "content", f"fields of nobody: {', '.join(strange[:4])}"
    told = {path for path, value in walk({"error": data.get("error")}) if value is not None}
    if private := sorted(told & _PRIVATE):
        yield "content", f"it tells {', '.join(private)}"


_PRIVATE = frozenset(
    f"error.{prefix}{name}"
    for prefix in ("", "previous_errors[].")
    for name in ("raw", "provider_name")
)
