"""One question and what came back, as signals read it and as a run keeps it, a line of JSON each.

The same record comes from a live interrogation, from anybody's file (`reading`) and from our own
ledger: a logged prompt is a probe as well.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

__all__ = ["Observation", "Turn"]


class Turn(Struct, frozen=True):
    """A message that was sent."""

    role: str
    text: str


class Observation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one call asked and told. Status 0: no answer came, and `problem` says why.

    What nobody saw is empty: a file with prompts and answers alone is evidence too.
    """

    prompt: tuple[Turn, ...] = ()
    text: str = ""
    reasoning: str = ""
    finish: str = ""
    native_finish: str = ""
    usage: Mapping[str, Any] = {}  # as it came, unchecked
    status: int = 200
    problem: str = ""
    probe: str = ""  # `signal/question`, where it was ours; empty: ordinary traffic
    asked: Mapping[str, Any] = {}  # the request's other fields: max_tokens, temperature …
    model: str = ""  # what the answer calls itself
    provider: str = ""  # who served it, where a gateway tells
    id: str = ""
    call_ids: tuple[str, ...] = ()  # of tool calls
    headers: tuple[tuple[str, str], ...] = ()  # lower case; none that names the asker
    values: tuple[tuple[str, str], ...] = ()  # path in the answer → a short value, indexes left out
    pieces: tuple[str, ...] = ()  # text as it was streamed
    moments: tuple[float, ...] = ()  # seconds from the sending to each piece
    seconds: float = 0.0
    tokens: tuple[str, ...] = ()  # from log probabilities
    topic: str = ""  # a set of prompts, where a file tells
    at: int = 0  # Unix seconds

    @property
    def ok(self) -> bool:
        """Did the model answer?"""
        return 200 <= self.status < 300 and not self.problem

    @property
    def question(self) -> str:
        """The last thing that was asked."""
        return self.prompt[-1].text if self.prompt else ""

    @property
    def is_plain(self) -> bool:
        """One user message and nothing else: what counts of bare texts can be held against."""
        return len(self.prompt) == 1 and self.prompt[0].role == "user"

    @property
    def prompt_tokens(self) -> int | None:
        """What it says the prompt cost; None where it says nothing, or nought, which means it."""
        return _count(self.usage, "prompt_tokens", "input_tokens")

    @property
    def completion_tokens(self) -> int | None:
        """What it says the answer cost, thoughts with it."""
        return _count(self.usage, "completion_tokens", "output_tokens")


def _count(usage: Mapping[str, Any], *names: str) -> int | None:
    for name in names:
        value = usage.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None
