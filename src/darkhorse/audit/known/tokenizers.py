"""Which tokenizer counts how: integers, no vocabulary.

A row gives, for each of PROBES, the tokens of FRAME + probe less those of FRAME + "x". Twenty-eight
tokenizers differ in these five numbers.
"""

from collections.abc import Mapping, Sequence

__all__ = ["FRAME", "NEUTRAL", "PROBES", "TEMPLATES", "TOKENIZERS", "family_of", "template_of"]

FRAME = ".\n"
"""Keeps a probe's first letters from merging with what stands before them."""

_JOIN = "\u200d"
_FAMILY = _JOIN.join(("\U0001f468", "\U0001f469", "\U0001f467", "\U0001f466"))
PROBES = (
    f"ភាសាខ្មែរ {_FAMILY} తెలుగు భాష",
    f"{_FAMILY} বাংলা ভাষা 免费视频在线观看",
    "é è ê ë ñ ö ü ß ø å",
    '<div class="container"><p>Hi</p></div>',
    "   x",
)

TOKENIZERS: Mapping[str, tuple[int, ...]] = {
    "GPT-2 and GPT-3 (r50k)": (69, 55, 18, 13, 2),
    "Codex (p50k)": (69, 55, 18, 13, 1),
    "GPT-3.5 and GPT-4 (cl100k)": (46, 37, 12, 12, 1),
    "GPT-4o and later (o200k)": (18, 15, 10, 12, 1),
    "Claude 1 and 2": (64, 39, 13, 13, 0),
    "Claude 3 to 4.6": (36, 33, 17, 13, 1),
    "Claude 4.7 and later": (36, 33, 17, 16, 1),
    "Gemma 2, Gemini 1.5": (22, 17, 9, 13, 1),
    "Gemma 3": (15, 13, 10, 12, 1),
    "Gemma 4": (15, 13, 10, 13, 1),
    "Llama 2, early Mistral": (51, 38, 14, 13, 1),
    "Llama 3": (43, 30, 12, 12, 1),
    "Llama 4": (21, 18, 9, 12, 1),
    "Grok 1": (81, 74, 12, 13, 1),
    "Yi": (75, 52, 18, 13, 1),
    "Jamba": (67, 44, 15, 13, 1),
    "Mistral (Tekken)": (48, 32, 11, 12, 1),
    "Command": (42, 28, 12, 13, 0),
    "DeepSeek coder": (73, 52, 17, 17, 1),
    "DeepSeek LLM": (59, 42, 17, 13, 1),
    "DeepSeek V2": (59, 42, 15, 13, 1),
    "DeepSeek V3, R1, V4": (31, 19, 11, 12, 1),
    "Qwen 2 to 3": (36, 26, 12, 12, 1),
    "Qwen 3.5 and 3.6": (32, 26, 11, 12, 1),
    "GLM-4 and 4.5": (43, 32, 12, 12, 1),
    "GLM-4.7 and 5": (34, 23, 12, 12, 1),
    "MiniMax": (38, 24, 12, 12, 1),
    "JiuTian": (18, 19, 14, 15, 2),
}
NEUTRAL = "GPT-4o and later (o200k)"
"""What gateways count with that count anew: by itself it names nobody."""

TEMPLATES: Mapping[str, tuple[int, int, int]] = {
    "DeepSeek-V3": (2, 1, 5),
    "DeepSeek-V3.2": (2, 1, 4),
    "DeepSeek-V4": (4, 1, 6),
    "Qwen 3 and 3.5": (5, 6, 12),
    "Qwen 2.5": (26, -15, 12),
    "GLM-4.5": (5, 3, 9),
    "GLM-4.7 and 5": (4, 2, 5),
    "MiniMax-M2": (35, -21, 13),
    "MiniMax-M3": (173, -5, 13),
}
"""Tokens around "hi"; what a system message "hi" adds; what one turn of "hi" and "hi" adds."""


def family_of(differences: Sequence[int]) -> str:
    """Whose tokenizer counts the probes so; empty where no known one does."""
    wanted = tuple(differences)
    return next((name for name, row in TOKENIZERS.items() if row == wanted), "")


def template_of(around: int, system: int, turn: int) -> str:
    """Whose chat template adds so much; empty where no known one does."""
    wanted = (around, system, turn)
    return next((name for name, row in TEMPLATES.items() if row == wanted), "")
