"""What an API does not take: learnt from its first refusal, and not sent again."""

import re
from collections.abc import Mapping
from typing import Any

from darkhorse.attribution.client.reply import Reply

__all__ = ["Manners"]

_REFUSED = (400, 404, 415, 422)
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_MAY_GO = (
    "stream_options",
    "temperature",
    "top_p",
    "top_k",
    "seed",
    "logprobs",
    "top_logprobs",
    "reasoning",
    "reasoning_effort",
    "include_reasoning",
    "usage",
    "stop",
    "n",
    "presence_penalty",
    "frequency_penalty",
    "stream",
)
"""Fields without which the question is still the same question."""
_NO_WORDS = frozenset({"temperature", "logprobs"})
_NOT_TAKEN = re.compile(
    r"(?i)unsupported|not support|unknown|unrecogni[sz]ed|unexpected|not (?:allowed|permitted)|"
    r"deprecated|extra (?:input|field)|no longer|cannot be|can't be|does not|doesn't|"
    r"only .{0,40}(?:default|1 )|instead|not available|not enabled|requires|must be used"
)
_AT_LEAST = re.compile(
    r"(?i)(?:>=|at least|greater than or equal to|minimum(?: value)?(?: is| of)?)\s*(\d{1,4})\b"
)
_ABOVE = re.compile(r"(?i)(?:greater than|above|>)\s+(\d{1,4})\b")
_HIGHEST_FLOOR = 1024
_TOO_SHORT = re.compile(
    r"(?i)output limit was reached|higher max_|max_\w+ (?:is )?too (?:low|small)"
)
"""Some models that think fail where the limit leaves no room for it."""
_ROOM, _MORE_ROOM = 16, 4


class Manners:
    """One API's; starts with what OpenAI's own takes."""

    def __init__(self, limit_name: str = "") -> None:
        self.limit_name = limit_name  # empty: as the dialect says
        self.dropped: set[str] = set()
        self.least = 1  # of a limit

    def fit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body as this API takes it."""
        fitted = {name: value for name, value in body.items() if name not in self.dropped}
        for name in _LIMITS:
            if isinstance(fitted.get(name), int):
                limit = max(self.least, fitted.pop(name))
                fitted[self.limit_name or name] = limit
                break
        return fitted

    def learn(self, sent: Mapping[str, Any], reply: Reply) -> bool:
        """Did this refusal teach something? Then the same question may be asked once more."""
        if reply.status not in _REFUSED:
            return False
        said = reply.text[:4000]
        return self._learn_limit(sent, said) or self._learn_field(sent, said)

    def _learn_limit(self, sent: Mapping[str, Any], said: str) -> bool:
        name = next((each for each in _LIMITS if each in sent), "")
        if not name or not re.search(rf"\b{name}\b", said):
            return False
        if floor := _floor(said, sent[name]):
            if not sent[name] < floor <= _HIGHEST_FLOOR:
                return False
            self.least = max(self.least, floor)
            return True
        other = next((each for each in _LIMITS if each != name and each in said), "")
        wanted = other or (_LIMITS[1] if name == _LIMITS[0] else _LIMITS[0])
        if self.limit_name == wanted or not _NOT_TAKEN.search(said):
            return False
        self.limit_name = wanted
        return True

    def _learn_field(self, sent: Mapping[str, Any], said: str) -> bool:
        if not _NOT_TAKEN.search(said):
            return False
        refused = {name for name in _MAY_GO if name in sent and _is_named(name, said)}
        self.dropped |= refused
        if "logprobs" in refused:
            self.dropped.add("top_logprobs")
        if "stream" in refused:
            self.dropped.add("stream_options")
        return bool(refused)


def _is_named(field: str, said: str) -> bool:
    """Names that are words as well ("stop", "n") only between quotes."""
    quoted = rf"[`'\"]{field}[`'\"]"
    bare = rf"\b{field}\b" if "_" in field or field in _NO_WORDS else quoted
    return bool(re.search(rf"{bare}|{quoted}", said))


def _floor(said: str, limit: int) -> int:
    """The least limit it takes, as it says itself or by trying; 0: it says nothing of that."""
    if _TOO_SHORT.search(said):
        return max(_ROOM, limit * _MORE_ROOM)
    if found := _AT_LEAST.search(said):
        return int(found[1])
    if found := _ABOVE.search(said):
        return int(found[1]) + 1
    return 0
