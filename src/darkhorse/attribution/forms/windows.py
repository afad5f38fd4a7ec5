"""Context windows that labs are known to have published by 2026, in tokens.

Which labs have one: an exact and odd number in a catalogue leaves an attacker with these.
"""

import math
from collections.abc import Mapping

__all__ = ["LABS", "WINDOWS", "bits", "is_round"]

WINDOWS: Mapping[int, frozenset[str]] = {
    8_192: frozenset({"Google", "Meta", "Mistral", "Cohere"}),
    16_384: frozenset({"Microsoft", "OpenAI", "AI2"}),
    32_768: frozenset({"Mistral", "Alibaba", "Google", "Zhipu", "Tencent"}),
    40_960: frozenset({"Alibaba", "MiniMax"}),
    65_536: frozenset({"DeepSeek", "AI2", "Meituan", "ByteDance"}),
    98_304: frozenset({"Zhipu"}),
    128_000: frozenset({"OpenAI", "Cohere", "Zhipu", "Mistral", "ByteDance", "Baidu"}),
    131_072: frozenset(
        {
            *("Alibaba", "Meta", "Mistral", "Moonshot", "xAI", "Zhipu", "Google", "OpenAI"),
            *("NVIDIA", "Microsoft", "IBM", "Baidu", "Tencent", "Meituan", "DeepSeek"),
        }
    ),
    163_840: frozenset({"DeepSeek"}),
    196_608: frozenset({"MiniMax"}),
    200_000: frozenset({"Anthropic", "OpenAI", "Zhipu"}),
    202_752: frozenset({"Zhipu"}),
    204_800: frozenset({"MiniMax", "Zhipu"}),
    256_000: frozenset({"xAI", "Cohere", "AI21", "ByteDance", "StepFun"}),
    262_144: frozenset(
        {"Alibaba", "Moonshot", "Mistral", "Xiaomi", "Tencent", "NVIDIA", "Ant Group", "AI21"}
    ),
    300_000: frozenset({"Amazon"}),
    327_680: frozenset({"Meta"}),
    400_000: frozenset({"OpenAI"}),
    1_000_000: frozenset({"Anthropic", "Amazon", "Alibaba", "MiniMax", "Google"}),
    1_047_576: frozenset({"OpenAI"}),
    1_048_576: frozenset({"Google", "Meta", "DeepSeek", "Xiaomi", "Alibaba"}),
    1_050_000: frozenset({"OpenAI"}),
    2_000_000: frozenset({"xAI"}),
    2_097_152: frozenset({"Google"}),
    10_000_000: frozenset({"Meta"}),
}
LABS = frozenset().union(*WINDOWS.values())

_FIGURES = 2  # more of them than this, and a number is not round


def is_round(tokens: int) -> bool:
    """Two figures and noughts: a number that anybody may choose."""
    return len(str(tokens).rstrip("0")) <= _FIGURES


def bits(tokens: int) -> float:
    """What an odd window tells of the lab; one that nobody is known to have is like a name."""
    return round(math.log2(len(LABS) / max(len(WINDOWS.get(tokens, ())), 1)), 2)
