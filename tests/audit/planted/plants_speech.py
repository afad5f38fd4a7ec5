"""Leaks of what the model itself says, in which language, and when."""

# ruff: noqa: RUF001 (as it is said)

import json
from collections.abc import Callable
from typing import Any

from darkhorse.attribution.asked.wordings import LANGUAGES

from .leaky import Asked, Change, Said
from .planting import Bed
from .stages import MAKER, MODEL

__all__ = ["BED", "even", "paced"]

BED = Bed()
plant = BED.plant
Object = dict[str, Any]
IsAsked = Callable[[Asked], bool]


def asks(way: str, *languages: str) -> IsAsked:
    """Is it this question, in one of these languages (none: any)?"""
    texts = {getattr(LANGUAGES[each], way) for each in languages or LANGUAGES}
    return lambda asked: bool(asked.texts) and asked.texts[-1] in texts


def opened(asked: Asked) -> bool:
    """Asked who it is behind a system message that wants it open."""
    return asks("who")(asked) and len(asked.texts) > 1


def put(way: str, *names: str) -> IsAsked:
    """A question with names in it, and these among them (none: any)."""
    stems = {getattr(each, way).partition("{")[0] for each in LANGUAGES.values()}

    def is_it(asked: Asked) -> bool:
        text = asked.texts[-1] if asked.texts else ""
        return text.startswith(tuple(stems)) and all(name in text for name in names)

    return is_it


def speaks(is_asked: IsAsked, text: str, part: str = "content") -> Change:
    """Chat's answer to a question is this text, whole or in its first piece."""

    def change(asked: Asked, said: Said) -> None:
        if asked.route != "chat/completions" or not said.is_answer or not is_asked(asked):
            return
        rest = iter([text])
        said.parts(lambda found: found.update({part: next(rest, "")}))

    return change


OWN = "I am GLM-5.3, a large language model made by Zhipu AI."
for name, is_asked, text in (
    ("asked_plainly", asks("who"), OWN),
    ("in_chinese_alone", asks("who", "zh"), "我是智谱开发的大型语言模型。"),
    ("where_it_may_be_open", opened, "I was trained by Zhipu."),
    ("to_complete_a_sentence", asks("complete"), "GLM"),
    ("in_json", asks("json"), '{"maker": "Zhipu AI", "model": "GLM-5"}'),
    ("letter_by_letter", asks("spelled"), "Z-h-i-p-u"),
    ("with_invisible_signs", asks("who"), "I am made by Zhi\u200bpu\u200b AI."),
    ("with_twins_of_letters", asks("who"), "I was made by Zh\u0456pu AI."),
    ("in_capitals_apart", asks("who", "en", "de"), "I was made by Z H I P U."),
    ("by_another_of_its_names", asks("who"), "I was made by Z.ai."),
):
    plant("self-identification", text, name)(speaks(is_asked, text))
plant("self-identification", "thoughts", "in_thoughts")(
    speaks(asks("who"), "The user asks who I am. I am GLM-5.3, made by Zhipu AI.", "reasoning")
)


@plant("self-identification", "Yes.")
def _says_yes_to_the_true_name(asked: Asked, said: Said) -> None:
    for words in LANGUAGES.values():
        if asked.texts and asked.texts[-1] == words.whether.format(model=MODEL, maker=MAKER):
            speaks(lambda _: True, f"{words.yes[0].title()}.")(asked, said)


@plant("self-identification", "arguments")
def _in_arguments(asked: Asked, said: Said) -> None:
    told = json.dumps({"maker": "Zhipu AI", "model": "GLM-5.3"})
    if "introduce_yourself" in str(asked.json.get("tools")) and not said.is_stream:
        said.calls(lambda call: call["function"].update(arguments=told))


_WHO = tuple(LANGUAGES[each].who for each in ("en", "zh"))


@plant("self-identification", OWN, behind="plain")
def _in_responses_alone(asked: Asked, said: Said) -> None:
    if asked.route == "responses" and any(asked_who in str(asked.json) for asked_who in _WHO):
        said.blocks = [[_own(line) for line in block] for block in said.blocks]
        said.is_stream or said.each(_own_text)


def _own_text(found: Object) -> None:
    for item in found.get("output") or ():
        for part in item.get("content") or ():
            part["text"] = OWN


def _own(line: str) -> str:
    """A stream's text, each piece with our own before it."""
    before, mark, after = line.partition('"delta":"')
    return f"{before}{mark}{OWN} {after}" if mark else line


for name, is_asked, text in (
    ("another_maker", asks("who"), "I am ChatGPT, made by OpenAI."),
    ("another_model", asks("complete"), "Claude, made by Anthropic."),
):
    plant("false-identity", text, name)(speaks(is_asked, text))
plant("false-identity", "Llama", "an_open_project")(
    speaks(asks("who"), "I am Llama, created by Meta.")
)


def echoes(is_asked: IsAsked, tail: str) -> Change:
    """What is to be repeated is repeated, but for names."""

    def change(asked: Asked, said: Said) -> None:
        if put("repeat")(asked) and said.is_answer:
            text = asked.texts[-1]
            speaks(lambda _: True, tail if is_asked(asked) else text)(asked, said)

    return change


plant("word-filter", "[withheld]", "only_the_true_names")(
    echoes(
        put("repeat", "GLM-5.3"),
        "My name is [withheld], I was made by [withheld], and I like the sea. 我喜欢大海",
    )
)
plant("word-filter", "cannot help", "declines_the_true_names")(
    echoes(put("repeat", "GLM-5.3"), "I cannot help with that.")
)
plant("word-filter", "GLM-5.3", "all_but_the_true_names")(
    echoes(lambda asked: "GLM-5.3" not in asked.texts[-1], "I cannot help with that.")
)

_CHINESE = (
    "def longest(text):\n    # 把文本按空格分开，然后找出最长的单词\n    return max(text.split())"
)
plant(
    "language", "把文本按空格分开", "comments_in_chinese", verdict="reduced", deterministic=False
)(speaks(lambda asked: bool(asked.texts) and "Python" in asked.texts[-1], _CHINESE))


def paced(first: float, rate: float, moved: Callable[[int], float]) -> Change:
    """Streams that begin and flow so, each piece `moved(at)` seconds off its moment."""

    def change(_asked: Asked, said: Said) -> None:
        if not said.is_stream:
            return
        moments = [first + at * 24 / rate + moved(at) for at in range(len(said.blocks))]
        said.first = 0.001
        befores = [said.first, *moments]
        said.pauses = [max(0.0, at - before) for before, at in zip(befores, moments, strict=False)]

    return change


def even(_at: int) -> float:
    return 0.0
