"""Random requests in every dialect, and what the published formula says of their counts."""

import json
import random
import re
from dataclasses import dataclass, field, replace
from typing import Any

from .stage import Reply

SCRIPTS = (
    "abcdefghijklmnopqrstuvwxyz      ,.",
    "The quick brown fox jumps over lazy dogs 0123456789 ",
    "漢字仮名交じり文人工智能模型的测试。",
    "かなカナひらがな、テスト。",
    "한국어 테스트 문장 ",
    "Съешь же ещё этих мягких булок ",
    "نص عربي للاختبار مع مسافات ",
    "ភាសាខ្មែរ తెలుగు বাংলা नमस्ते ",
    "éèêëñöüßøå “curly” — dash… ½π√ ",
    "🐎🏇🏻👨\u200d👩\u200d👧 🎹\u0301\u200b",
    '{"a": [1, 2], "b\\n": "\\t"}<think> </x>\n\t\r',
)
TOOLS = (
    {"name": "now", "parameters": {"type": "object", "properties": {}}},
    {
        "name": "lookup_the_weather",
        "description": "Tells the weather — of a place.",
        "parameters": {
            "type": "object",
            "properties": {"place": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["place", "days"],
        },
    },
)
THINKING: dict[str, tuple[dict[str, Any], ...]] = {
    "chat": ({}, {}, {"reasoning": {"effort": "low"}}, {"reasoning": {"enabled": False}}),
    "responses": ({}, {"reasoning": {"effort": "high"}}),
    "messages": ({}, {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
}
PATHS = {name: f"/api/v1/{name}" for name in ("completions", "responses", "messages")}
PATHS["chat"] = "/api/v1/chat/completions"

_MASKED = [
    (re.compile(rb'"((?:item_|call_|tool_use_)?id)":"([a-z]+[-_])[^"]+"'), rb'"\1":"\2"'),
    (re.compile(rb'"(created|created_at|completed_at)":\d+'), rb'"\1":0'),
]
_OWN_HEADERS = ("date:", "x-generation-id:", "x-request-id:")


def text(source: random.Random, most: int = 300) -> str:
    """Of one script, or of several; at least one character."""
    alphabets = source.sample(SCRIPTS, source.choice((1, 1, 3)))
    size = source.choice((1, 3, 17, source.randint(1, most)))
    return "".join(source.choice(source.choice(alphabets)) for _ in range(size)) or "x"


@dataclass(frozen=True)
class Asked:
    """One request: the same whoever answers it."""

    dialect: str
    system: str
    turns: tuple[str, ...]  # the user's and the assistant's, by turns; the user's is the last
    tools: int
    stream: bool
    limit: int | None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def prompt_tokens(self) -> int:
        """By docs/calling.md: 4 a message, and a quarter of each text's bytes."""
        texts = [self.system] if self.system else []
        texts += self.turns
        tools = [_compact({"type": "function", "function": tool}) for tool in TOOLS[: self.tools]]
        return 4 * len(texts) + sum(map(tokens, [*texts, *tools]))

    def body(self, model: str) -> bytes:
        made = getattr(self, f"_{self.dialect}")()
        return _compact({"model": model, "stream": self.stream, **made, **self.extra}).encode()

    def _said(self) -> list[dict[str, str]]:
        roles = ("user", "assistant")
        return [{"role": roles[at % 2], "content": each} for at, each in enumerate(self.turns)]

    def _chat(self) -> dict[str, Any]:
        system = [{"role": "system", "content": self.system}] if self.system else []
        tools = [{"type": "function", "function": each} for each in TOOLS[: self.tools]]
        fields: dict[str, Any] = {"messages": [*system, *self._said()]}
        return _given(fields, tools=tools, max_tokens=self.limit)

    def _completions(self) -> dict[str, Any]:
        return _given({"prompt": self.turns[-1]}, max_tokens=self.limit)

    def _responses(self) -> dict[str, Any]:
        tools = [{"type": "function", **each} for each in TOOLS[: self.tools]]
        fields: dict[str, Any] = {"input": self._said()}
        return _given(fields, instructions=self.system, tools=tools, max_output_tokens=self.limit)

    def _messages(self) -> dict[str, Any]:
        tools = [_anthropic(each) for each in TOOLS[: self.tools]]
        fields: dict[str, Any] = {"messages": self._said(), "max_tokens": self.limit or 50_000}
        return _given(fields, system=self.system, tools=tools)


def _anthropic(tool: dict[str, Any]) -> dict[str, Any]:
    return {("input_schema" if name == "parameters" else name): tool[name] for name in tool}


def _given(fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return fields | {name: value for name, value in more.items() if value}


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def random_request(source: random.Random) -> Asked:
    dialect = source.choice(("chat", "chat", "completions", "responses", "messages"))
    is_text = dialect == "completions"
    return Asked(
        dialect=dialect,
        system="" if is_text or source.random() < 0.5 else text(source),
        turns=tuple(text(source) for _ in range(1 if is_text else source.choice((1, 1, 3, 5)))),
        tools=0 if is_text else source.choice((0, 0, 1, 2)),
        stream=source.random() < 0.6,
        limit=source.choice((None, None, source.randint(1, 64), source.randint(1, 300), 20_000)),
        extra=source.choice(THINKING.get(dialect, ({},))),
    )


def tokens(said: str) -> int:
    """Public tokens of a text."""
    return -(-len(said.encode()) // 4)


@dataclass(frozen=True)
class Answered:
    """What was said, in whatever dialect, and the counts that came with it."""

    text: str
    thoughts: str
    calls: str  # names and arguments, together
    usage: dict[str, Any]
    is_exact: bool = True  # nothing that was counted is left out, or written anew

    @property
    def completion_tokens(self) -> int:
        return tokens(self.text) + tokens(self.thoughts) + tokens(self.calls)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Prompt, completion, reasoning, cached, as told."""
        usage = self.usage
        prompt, completion = (
            usage.get(f"{name}_tokens", usage.get(f"{other}_tokens"))
            for name, other in (("prompt", "input"), ("completion", "output"))
        )
        details = usage.get("completion_tokens_details") or usage.get("output_tokens_details") or {}
        cached = usage.get("prompt_tokens_details") or usage.get("input_tokens_details") or {}
        was_read = usage.get("cache_read_input_tokens") or cached.get("cached_tokens") or 0
        return prompt, completion, details.get("reasoning_tokens", -1), was_read


def shown(reply: Reply) -> bytes:
    """Every byte that a client got, but for ids and moments."""
    head = reply.raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    lines = [line for line in head if not line.decode("latin-1").lower().startswith(_OWN_HEADERS)]
    body = reply.body
    for pattern, instead in _MASKED:
        body = pattern.sub(instead, body)
    return b"\n".join([*lines, body])


def answered(asked: Asked, reply: Reply) -> Answered:
    """A whole answer, read."""
    assert not asked.stream
    told: Answered = globals()[f"_read_{asked.dialect}"](reply.json)
    if asked.dialect == "messages" and not asked.extra:  # it thinks, counts it and does not show it
        return replace(told, is_exact=False)
    return told


def _read_chat(whole: dict[str, Any]) -> Answered:
    message = whole["choices"][0]["message"]
    functions = [call["function"] for call in message.get("tool_calls") or ()]
    calls = "".join(each["name"] + each["arguments"] for each in functions)
    thoughts = message.get("reasoning") or ""
    return Answered(message["content"] or "", thoughts, calls, whole["usage"])


def _read_completions(whole: dict[str, Any]) -> Answered:
    choice = whole["choices"][0]
    return Answered(choice["text"], choice.get("reasoning") or "", "", whole["usage"])


def _read_responses(whole: dict[str, Any]) -> Answered:
    items = whole["output"]
    texts = [
        part["text"] for item in items if item["type"] == "message" for part in item["content"]
    ]
    thoughts = [
        part["text"] for item in items if item["type"] == "reasoning" for part in item["content"]
    ]
    calls = [each["name"] + each["arguments"] for each in items if each["type"] == "function_call"]
    return Answered("".join(texts), "".join(thoughts), "".join(calls), whole["usage"])


def _read_messages(whole: dict[str, Any]) -> Answered:
    blocks = whole["content"]
    texts = [each["text"] for each in blocks if each["type"] == "text"]
    thoughts = [each["thinking"] for each in blocks if each["type"] == "thinking"]
    is_exact = whole["stop_reason"] == "end_turn"  # no calls, of which half a one is not shown
    return Answered("".join(texts), "".join(thoughts), "", whole["usage"], is_exact)
