"""What there is to know of a real upstream from outside: a form filled in for each.

The facts are those of reference/attribution.md, sections 2 and 3, and of public documentation.
Strings may hold the slots of ids.py; they are filled anew for each answer.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from darkhorse.upstream.scripted.imitations.probes import Known
from darkhorse.upstream.scripted.plant import JsonObject

__all__ = [
    "USUAL_RANGES",
    "Counts",
    "Error",
    "Headers",
    "House",
    "JsonObject",
    "Ranges",
    "Refusal",
    "Why",
    "Words",
]

Headers = tuple[tuple[str, str], ...]
Ranges = Mapping[str, tuple[float, float]]

Why = Literal["key", "model", "range", "type", "unknown", "empty", "context", "json", "path"]
"""Why a request is refused: a bad key, an unknown model, a value out of its range or of the wrong
type, an unknown field, no messages, too long a prompt, no JSON, nothing at that path."""


class Counts(Struct, frozen=True):
    """Native tokens."""

    prompt: int
    completion: int
    reasoning: int
    cached: int

    @property
    def total(self) -> int:
        return self.prompt + self.completion


class Refusal(Struct, frozen=True):
    """Why a request is refused, and what of: a field, its value, its bounds, a count."""

    why: Why
    name: str = ""
    value: Any = None
    low: float = 0
    high: float = 0
    asked: int = 0  # native tokens of the prompt
    answer: int = 0  # native tokens asked for

    @property
    def bound(self) -> float:
        """The bound that was crossed."""
        is_number = isinstance(self.value, int | float)
        return self.high if is_number and self.value > self.high else self.low


class Error(Struct, frozen=True):
    """A refusal in words, ready for a house's shape."""

    status: int
    message: str
    kind: str
    param: str | None
    code: str | int | None
    id: str  # the request's


Words = tuple[str, str, str | int | None]
"""Message with slots of str.format (`name`, `value`, `low`, `high`, `bound`, `asked`, `answer`,
`total`, `context`, `model`), type, code."""


USUAL_RANGES: Ranges = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "n": (1, 128),
    "top_logprobs": (0, 20),
    "max_tokens": (1, 131_072),
}


class House(Struct, frozen=True, kw_only=True):
    """One upstream. Field order in its objects is the order of these mappings."""

    name: str
    help: str
    model: str
    maker: str  # who it says it is by
    speaks: Literal["chat", "messages"] = "chat"
    known: Known  # the tokenizer
    frame: int = 7  # native tokens that the template adds to one user message
    tool_frame: int = 40
    end: int = 0  # tokens of an answer beside its text
    block: int = 0  # of its cache; 0: tells of none
    context: int = 131_072
    piece: int = 1  # tokens a delta
    id: str = "chatcmpl-{alnum29}"
    call_id: str = "call_{alnum24}"
    headers: Headers = ()
    stream_type: str = "text/event-stream; charset=utf-8"
    before: JsonObject = {}  # fields of an envelope before the choices, besides the usual
    after: JsonObject = {}
    chunk: JsonObject = {}  # further fields of each chunk
    body: JsonObject = {}  # of an unstreamed answer only
    message: JsonObject = {}
    delta: JsonObject = {}
    choice: JsonObject = msgspec.field(default_factory=lambda: {"logprobs": None})
    ending: JsonObject = {}  # of the choice that ends an answer
    finishes: Mapping[str, str] = {}  # its words for stop, length, tool_calls
    role: Literal["first", "each", "null"] = "first"
    opening: str | None = ""  # the content beside the first role
    thinks: Literal["", "hidden", "reasoning_content", "reasoning", "details"] = ""
    usage: Callable[[Counts], JsonObject]
    usage_in: Literal["chunk", "last", "choice", "every", "vendor"] = "chunk"
    opens: tuple[JsonObject, ...] = ()  # fields of events before the first, of an empty choice
    comment: str = ""
    repeats_whole: bool = False  # at the end of a stream
    ranges: Ranges = msgspec.field(default_factory=lambda: USUAL_RANGES)
    strict: bool = False  # refuses fields it does not know
    counts_answer: bool = True  # against the context
    statuses: Mapping[Why, int] = {}
    words: Mapping[Why, Words] = {}
    shape: Callable[[Error], JsonObject]

    def status(self, why: Why) -> int:
        usual = {"key": 401, "model": 404, "path": 404}
        return self.statuses.get(why, usual.get(why, 400))
