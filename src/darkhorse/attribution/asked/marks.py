"""Strings that a chat template gives a meaning to, and who is known to use them.

A server that reads such a string in a user's text swallows it, or stops at it, or counts it as one
token: its model's template has it. One that nobody uses stands among them: where that goes as
well, somebody cleans all texts, and nothing follows.
"""

from collections.abc import Iterator, Mapping, Sequence

from darkhorse.base.chance import Draw

__all__ = ["COPY", "MARKS", "NOBODYS", "PLAIN", "copy_of", "lines_of", "marks_in"]

_QWEN = ("Qwen 2 to 3", "Qwen 3.5 and 3.6")
_GLM = ("GLM-4 and 4.5", "GLM-4.7 and 5")
_DEEPSEEK = ("DeepSeek V3, R1, V4", "DeepSeek V2", "DeepSeek LLM")

MARKS: Mapping[str, tuple[str, ...]] = {
    "<|im_end|>": (*_QWEN, "Yi"),
    "<|eot_id|>": ("Llama 3",),
    "<|eot|>": ("Llama 4",),
    "<end_of_turn>": ("Gemma 2, Gemini 1.5", "Gemma 3"),
    "<｜end▁of▁sentence｜>": _DEEPSEEK,  # noqa: RUF001 (as it is written)
    "<|observation|>": _GLM,
    "<|END_OF_TURN_TOKEN|>": ("Command",),
    "[/INST]": ("Mistral (Tekken)", "Llama 2, early Mistral"),
    "<|channel|>": ("GPT-4o and later (o200k)",),
    "[e~[": ("MiniMax",),
}
"""Mark → families whose vocabulary has it as one token, from the templates they publish. Kimi and
others whose vocabulary nobody holds use some of them too."""

NOBODYS = "<|zx_fin|>"
PLAIN = "apple"
COPY = "Copy the next line exactly, and write nothing else.\n"
_POSTS = ("amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "heath")


def copy_of(mark: str) -> str:
    """A request to copy a line with one mark in it."""
    return f"{COPY}amber {mark} birch"


def lines_of(many: int, draw: Draw) -> Iterator[str]:
    """Requests to copy lines of marks, so many; over all, each mark once, and nobody's in each."""
    marks = [mark for _, mark in sorted((draw(), mark) for mark in MARKS)]
    for turn in range(many):
        mine = marks[turn::many][: len(_POSTS) - 2]
        at = int(draw() * (len(mine) + 1))
        yield COPY + _fenced([*mine[:at], NOBODYS, *mine[at:]])


def marks_in(line: str) -> Iterator[tuple[str, str, str]]:
    """The marks in such a line, each between the words that stand around it."""
    words = line.split(" ")
    for before, mark, after in zip(words, words[1:], words[2:], strict=False):
        if mark in MARKS or mark in (NOBODYS, PLAIN):
            yield before, mark, after


def _fenced(marks: Sequence[str]) -> str:
    inside = " ".join(f"{mark} {post}" for mark, post in zip(marks, _POSTS[1:], strict=False))
    return f"{_POSTS[0]} {inside}"
