r"""How long known strings are under real tokenizers: counts only, nobody's vocabulary.

`d(p) = n(".\n" + p) - n(".\nx")` of reference/attribution.md, 2.2. Any other text is counted
with invented tokens, other ones for each tokenizer.
"""

import re
import zlib
from collections.abc import Mapping
from typing import Literal

from darkhorse.upstream.scripted.vocabulary import tokenizer

__all__ = ["BARE", "COUNTS", "PROBES", "Known", "count", "tokens"]

_FAMILY = "👨\u200d👩\u200d👧\u200d👦"
PROBES = (
    "ភាសាខ្មែរ " + _FAMILY + " తెలుగు భాష",
    _FAMILY + " বাংলা ভাষা 免费视频在线观看",
    "é è ê ë ñ ö ü ß ø å",
    '<div class="container"><p>Hi</p></div>',
    "   x",
)
BARE = 2
"""Tokens of ".\\nx"."""

Known = Literal[
    "o200k", "cl100k", "claude3", "claude4.7", "gemma3", "gemma4", "llama3", "llama4", "grok1",
    "tekken", "command", "deepseek-v3", "qwen3", "qwen3.5", "glm4", "glm5", "minimax", "kimi",
    "grok4",
]  # fmt: skip
COUNTS: Mapping[Known, tuple[int, ...]] = {
    "cl100k": (46, 37, 12, 12, 1),
    "o200k": (18, 15, 10, 12, 1),
    "claude3": (36, 33, 17, 13, 1),
    "claude4.7": (36, 33, 17, 16, 1),
    "gemma3": (15, 13, 10, 12, 1),
    "gemma4": (15, 13, 10, 13, 1),
    "llama3": (43, 30, 12, 12, 1),
    "llama4": (21, 18, 9, 12, 1),
    "grok1": (81, 74, 12, 13, 1),
    "tekken": (48, 32, 11, 12, 1),
    "command": (42, 28, 12, 13, 0),
    "deepseek-v3": (31, 19, 11, 12, 1),
    "qwen3": (36, 26, 12, 12, 1),
    "qwen3.5": (32, 26, 11, 12, 1),
    "glm4": (43, 32, 12, 12, 1),
    "glm5": (34, 23, 12, 12, 1),
    "minimax": (38, 24, 12, 12, 1),
}
"""Of PROBES. Kimi's and the newer Groks' are not known to us: invented tokens count for them."""

_PREFIX = re.compile(r"\.\n")


def tokens(known: Known, text: str) -> list[bytes]:
    """Invented tokens, as an answer is said in."""
    return tokenizer("merges", zlib.crc32(known.encode()))(text)


def count(known: Known, text: str) -> int:
    r"""Tokens of a text: the real number of a probe behind ".\n", a plausible one of any other."""
    if _PREFIX.match(text):
        probe = text[2:]
        if probe == "x":
            return BARE
        if probe in PROBES and known in COUNTS:
            return BARE + COUNTS[known][PROBES.index(probe)]
    return len(tokens(known, text))
