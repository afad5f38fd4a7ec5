"""Which fields an answer may have in each dialect, and what each may say.

Written from docs/calling.md and the dialects' own descriptions. A rule is the values themselves, a
pattern, or what any value of a kind is; `...` takes anything, for what repeats the request.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import EllipsisType
from typing import Any

from darkhorse.audit.neutral import CALL_ID, FINISHES, GENERATION_ID

__all__ = ["Rule", "allows", "channel_of", "rules_of"]

Rule = frozenset[Any] | re.Pattern[str] | type | EllipsisType
Rules = Mapping[str, Rule]

_TEXT = re.compile(r".*", re.DOTALL)
_ITEM_ID = re.compile(r"(?:msg|rs|fc)_[0-9A-Za-z]{20}_\d+\Z")
_NULL: Rule = frozenset({None})
_FALSE: Rule = frozenset({False})
_EMPTY: Rule = frozenset({None, ""})
_STATUSES: Rule = frozenset({"completed", "incomplete", "in_progress", "failed", "queued"})
_ENDS: Rule = frozenset({None, "end_turn", "max_tokens", "tool_use", "stop_sequence", "refusal"})
_REASONS: Rule = frozenset({"max_output_tokens", "content_filter"})


def _one(*values: Any) -> Rule:
    return frozenset(values)


def _below(at: str, rules: Rules) -> dict[str, Rule]:
    return {f"{at}.{path}": rule for path, rule in rules.items()}


_USAGE: Rules = {
    "usage": dict,
    "usage.prompt_tokens": int,
    "usage.completion_tokens": int,
    "usage.total_tokens": int,
    "usage.cost": float,
    "usage.is_byok": _FALSE,
    "usage.prompt_tokens_details": dict,
    "usage.prompt_tokens_details.cached_tokens": int,
    "usage.completion_tokens_details": dict,
    "usage.completion_tokens_details.reasoning_tokens": int,
}
_DETAIL: Rules = {
    "type": _one("reasoning.text"),
    "text": _TEXT,
    "format": _one("unknown"),
    "index": int,
}
_CALL: Rules = {
    "id": CALL_ID,
    "index": int,
    "type": _one("function"),
    "function": dict,
    "function.name": _TEXT,
    "function.arguments": _TEXT,
}
_SAID: Rules = {
    "role": _one("assistant"),
    "content": _TEXT,
    "refusal": _TEXT,
    "reasoning": _TEXT,
    "reasoning_details": list,
    "reasoning_details[]": dict,
    **_below("reasoning_details[]", _DETAIL),
    "tool_calls": list,
    "tool_calls[]": dict,
    **_below("tool_calls[]", _CALL),
}
_ENVELOPE: Rules = {
    "id": GENERATION_ID,
    "created": int,
    "model": _TEXT,
    "provider": _one("Stealth"),
    "system_fingerprint": _EMPTY,
    "choices": list,
    "choices[]": dict,
    "choices[].index": _one(0),
    "choices[].finish_reason": FINISHES | {None},
    "choices[].native_finish_reason": FINISHES | {None},
    "choices[].logprobs": _NULL,
}
_ERROR: Rules = {"error": ..., "error.*": ...}  # other attacks read those
_CHAT: Rules = {
    **_ENVELOPE,
    **_USAGE,
    **_ERROR,
    "object": _one("chat.completion", "chat.completion.chunk"),
    "choices[].message": dict,
    **_below("choices[].message", _SAID),
    "choices[].delta": dict,
    **_below("choices[].delta", _SAID),
}
_COMPLETIONS: Rules = {
    **_ENVELOPE,
    **_USAGE,
    **_ERROR,
    "object": _one("text_completion"),
    "choices[].text": _TEXT,
    "choices[].reasoning": _TEXT,
}
_CONTENT: Rules = {
    "type": _one("output_text", "reasoning_text", "refusal"),
    "text": _TEXT,
    "refusal": _TEXT,
    "annotations": _one("[]"),
    "logprobs": _one("[]"),
}
_ITEM: Rules = {
    "id": _ITEM_ID,
    "call_id": CALL_ID,
    "type": _one("message", "reasoning", "function_call"),
    "role": _one("assistant"),
    "status": _STATUSES,
    "name": _TEXT,
    "arguments": _TEXT,
    "summary": _one("[]"),
    "content": list,
    "content[]": dict,
    **_below("content[]", _CONTENT),
}
_RESPONSE: Rules = {
    "id": GENERATION_ID,
    "object": _one("response"),
    "created_at": int,
    "completed_at": int,
    "model": _TEXT,
    "incomplete_details": dict,
    "incomplete_details.reason": _REASONS,
    "usage": dict,
    "usage.input_tokens": int,
    "usage.input_tokens_details": dict,
    "usage.input_tokens_details.cached_tokens": int,
    "usage.input_tokens_details.cache_write_tokens": _one(0),
    "usage.output_tokens": int,
    "usage.output_tokens_details": dict,
    "usage.output_tokens_details.reasoning_tokens": int,
    "usage.total_tokens": int,
    "usage.cost": float,
    "usage.is_byok": _FALSE,
    **dict.fromkeys(("temperature", "top_p", "presence_penalty", "frequency_penalty"), float),
    **dict.fromkeys(("max_output_tokens", "max_tool_calls"), int),
    **dict.fromkeys(("instructions", "tools", "tools.*", "tool_choice", "tool_choice.*"), ...),
    **dict.fromkeys(("reasoning", "reasoning.*", "text", "text.*", "metadata", "metadata.*"), ...),
    **dict.fromkeys(("parallel_tool_calls", "background", "store"), bool),
    **dict.fromkeys(("prompt_cache_key", "safety_identifier", "previous_response_id"), _TEXT),
    "service_tier": _one(None, "default"),
    "top_logprobs": _one(0),
    "truncation": _one("disabled", "auto"),
    "status": _STATUSES,
    "output": list,
    "output[]": dict,
    **_below("output[]", _ITEM),
    "output_text": _TEXT,
    **_ERROR,
}
_RESPONSE_EVENT: Rules = {
    "type": re.compile(r"(?:response\.[a-z_.]+|error)\Z"),
    "sequence_number": int,
    "response": dict,
    **_below("response", _RESPONSE),
    "output_index": int,
    "content_index": int,
    "item_id": _ITEM_ID,
    "item": dict,
    **_below("item", _ITEM),
    "part": dict,
    **_below("part", _CONTENT),
    "delta": _TEXT,
    "text": _TEXT,
    "refusal": _TEXT,
    "name": _TEXT,
    "arguments": _TEXT,
    "logprobs": _one("[]"),
    **dict.fromkeys(("code", "message", "param"), ...),
    **_ERROR,
}
_BLOCK: Rules = {
    "type": _one("text", "thinking", "tool_use"),
    "text": _TEXT,
    "citations": _NULL,
    "thinking": _TEXT,
    "signature": _EMPTY,
    "id": CALL_ID,
    "name": _TEXT,
    "input": ...,
    "input.*": ...,
    "caller": dict,
    "caller.type": _one("direct"),
}
_COUNTS: Rules = {
    "usage": dict,
    "usage.input_tokens": int,
    "usage.output_tokens": int,
    "usage.output_tokens_details": dict,
    "usage.output_tokens_details.thinking_tokens": int,
    "usage.cache_creation_input_tokens": _one(0),
    "usage.cache_read_input_tokens": int,
    "usage.server_tool_use": _NULL,
    "usage.cache_creation": _NULL,
    "usage.inference_geo": _NULL,
    "usage.service_tier": _one(None, "standard"),
}
_END: Rules = {
    "stop_reason": _ENDS,
    "stop_sequence": _TEXT,
    "stop_details": _NULL,
    "container": _NULL,
}
_MESSAGE: Rules = {
    "id": GENERATION_ID,
    "type": _one("message"),
    "role": _one("assistant"),
    "model": _TEXT,
    "content": list,
    "content[]": dict,
    **_below("content[]", _BLOCK),
    **_END,
    **_COUNTS,
}
_MESSAGE_EVENT: Rules = {
    "type": re.compile(r"(?:message|content_block)_(?:start|delta|stop)\Z|ping\Z|error\Z"),
    "message": dict,
    **_below("message", _MESSAGE),
    "index": int,
    "content_block": dict,
    **_below("content_block", _BLOCK),
    "delta": dict,
    "delta.type": re.compile(r"(?:text|thinking|input_json|signature)_delta\Z"),
    **dict.fromkeys(("delta.text", "delta.thinking", "delta.partial_json"), _TEXT),
    "delta.signature": _EMPTY,
    **_below("delta", _END),
    **_COUNTS,
    **_ERROR,
    "request_id": GENERATION_ID,
}

_RULES: Mapping[tuple[str, bool], Rules] = {
    ("chat", False): _CHAT,
    ("chat", True): _CHAT,
    ("completions", False): _COMPLETIONS,
    ("completions", True): _COMPLETIONS,
    ("responses", False): _RESPONSE,
    ("responses", True): _RESPONSE_EVENT,
    ("messages", False): _MESSAGE,
    ("messages", True): _MESSAGE_EVENT,
}


def rules_of(dialect: str, *, streamed: bool) -> Rules:
    """Path → rule, of a whole answer or of each event."""
    return _RULES[dialect, streamed]


def allows(rules: Rules, path: str, value: Any) -> bool:
    """May an answer say this here?"""
    rule = rules.get(path)
    if rule is None:
        return any(
            path.startswith((f"{stem}.", f"{stem}[")) and f"{stem}.*" in rules
            for stem in _stems(path)
        )
    return _fits(rule, value)


def _stems(path: str) -> list[str]:
    """The paths above it: `a`, `a.b` of `a.b[].c`."""
    ends = [at for at, letter in enumerate(path) if letter in ".["]
    return [path[:end] for end in ends]


def _fits(rule: Rule, value: Any) -> bool:
    if isinstance(rule, EllipsisType):
        return True
    if isinstance(rule, frozenset):
        return not isinstance(value, dict) and _plain(value) in rule
    if isinstance(rule, re.Pattern):
        return value is None if not isinstance(value, str) else bool(rule.match(value))
    if rule is float:
        return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    if rule is int:
        return value is None or (isinstance(value, int) and not isinstance(value, bool))
    return value is None or isinstance(value, rule)


def _plain(value: Any) -> Any:
    """An empty list is `[]`: lists have no hash."""
    return str(value) if isinstance(value, list) else value


_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("logprobs", re.compile(r"logprob|token_ids?\b|\bbytes\b")),
    ("cache-and-cost", re.compile(r"usage.*(?:cost|cache)|cost_|_cost")),
    ("fingerprint", re.compile(r"system_fingerprint|service_tier")),
    ("finish-reason", re.compile(r"finish|\bstop_|_stop\b|\bstatus\b|incomplete_details")),
    ("answer-ids", re.compile(r"\A(?:response\.|message\.)?(?:id|created\w*|completed_at)\Z")),
    (
        "call-ids",
        re.compile(r"(?:tool_calls|item|output|content|content_block)(?:\[\])?\.(?:call_)?id\Z"),
    ),
    ("call-ids", re.compile(r"\b(?:item|call|tool_call|tool_use)_id\Z")),
    ("model-name", re.compile(r"\A(?:response\.|message\.)?model\Z")),
    ("reasoning-shape", re.compile(r"\A(?!.*usage).*(?:reason|think|thought|signature|encrypted)")),
    ("stream-grammar", re.compile(r"\brole\Z|\A(?:type|object)\Z")),
)


@lru_cache(maxsize=4096)
def channel_of(path: str) -> str:
    """Which channel a field belongs to, be it known or not."""
    found = (name for name, words in _WORDS if words.search(path))
    return next(found, "extra-fields")
