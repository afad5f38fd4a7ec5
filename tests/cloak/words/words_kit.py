"""A small judge of its own, so that the engine is tested apart from the frames."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from darkhorse.catalog.makers import Maker
from darkhorse.cloak.words.verdict import Frames
from darkhorse.cloak.words.watch import Watch
from darkhorse.wire.chunks import Withheld

LABS = (
    Maker("OpenAI", ("Open AI", "OAI"), ("ChatGPT", "GPT", "GPT-4", "GPT-4o", "o1-mini")),
    Maker("Zhipu AI", ("Zhipu", "Z.ai", "智谱", "智谱AI", "Чжипу"), ("GLM", "GLM-4", "ChatGLM")),
    Maker("Anthropic", (), ("Claude", "Claude Opus")),
    Maker("Meta", ("メタ", "Мета"), ("Llama", "Llama 3")),
    Maker("Google", ("جوجل", "Google DeepMind"), ("Gemini", "Gemini Pro")),
    Maker("xAI", ("x.ai",), ("Grok",)),
    Maker("Яндекс", ("Yandex",), ("YandexGPT",)),
    Maker("MiniMax", ("Mini Max",), ("MiniMax-M2",)),
    Maker("DeepSeek", (), ("DeepSeek", "DeepSeek-V3")),
    Maker("Xiaomi", (), ("MiMo",)),
    Maker("Cohere", (), ("Command R",)),
)

FIRST = re.compile(r"\b(?:i am|i'm|made by|by|am)\b[^.]*\Z|我是")


def plain_judge(before: str, kind: str, after: str, *, ended: bool) -> Any:
    """English in a nutshell: `I am X`, `made by X`, `X made me`."""
    sentence = re.split(r"[.!?\n]", before)[-1]
    if FIRST.search(sentence) or re.match(r"[^.!?\n]* made me\b", after):
        return "yes"
    return "no" if ended or re.search(r"[.!?\n]", after) else "open"


def plain_phrase(kind: str, before: str, after: str) -> str:
    return f"[{kind} withheld]"


PLAIN = Frames(
    plain_judge,
    plain_phrase,
    lambda asked: "who" in asked or "are you" in asked,
    lambda asked: asked.startswith("are you"),
)
ALL_YES = Frames(lambda *_, ended: "yes", plain_phrase, PLAIN.asks_who, PLAIN.asks_whether)

WATCH = Watch(LABS, PLAIN)
FINDS = Watch(LABS, ALL_YES)


def pieces_of(text: str, cuts: Iterable[int]) -> Iterator[str]:
    ends = sorted({0, len(text), *(cut for cut in cuts if 0 < cut < len(text))})
    for begin, end in pairwise(ends):
        yield text[begin:end]


def filtered(
    pieces: Iterable[str], *, watch: Watch = WATCH, part: Any = "text", asked: str = ""
) -> tuple[str, list[Withheld]]:
    filter_ = watch.filter(part, lambda: asked)
    shown = [filter_.feed(piece) for piece in pieces]
    shown.append(filter_.close())
    return "".join(shown), filter_.withheld


def shown(text: str, **how: Any) -> str:
    return filtered([text], **how)[0]


def found(text: str) -> list[str]:
    """Every name in `text`, as it stands there."""
    return [each.said for each in filtered([text], watch=FINDS, part="reasoning")[1]]
