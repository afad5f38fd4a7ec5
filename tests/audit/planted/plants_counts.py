"""Leaks of what is counted: prompts, templates, answers, caches, costs, and by which dialect."""

import re
from collections.abc import Callable
from typing import Any

from darkhorse.upstream.scripted.imitations.probes import Known, count
from darkhorse.upstream.scripted.templates import TEMPLATES
from darkhorse.upstream.scripted.vocabulary import tokenizer

from .leaky import Asked, Said
from .planting import Bed, on_answers, usages

__all__ = ["BED"]

BED = Bed()
plant = BED.plant
_RECORD = ("generation-record",)  # what is said later still has the public counts


def is_chat(asked: Asked, said: Said) -> bool:
    return asked.route == "chat/completions" and said.is_answer


def quarter(text: str) -> int:
    return -(-len(text.encode()) // 4)


def set_prompt(usage: dict[str, Any], prompt: int) -> None:
    """Chat's names, or those of the items' dialects."""
    name = "prompt_tokens" if "prompt_tokens" in usage else "input_tokens"
    if "total_tokens" in usage:
        usage["total_tokens"] += prompt - usage[name]
    usage[name] = prompt


def set_answer(usage: dict[str, Any], answer: int) -> None:
    name = "completion_tokens" if "completion_tokens" in usage else "output_tokens"
    if "total_tokens" in usage:
        usage["total_tokens"] += answer - usage[name]
    usage[name] = answer


def prompts(counted: Callable[[Asked], int]):
    """Chat's prompts are counted so."""

    def change(asked: Asked, said: Said) -> None:
        if is_chat(asked, said) and asked.texts:
            usages(said, lambda usage: set_prompt(usage, counted(asked)))

    return change


def answers(counted: Callable[[str, int], int]):
    """Chat's answers are counted so, given what was said and what it was counted."""

    def change(asked: Asked, said: Said) -> None:
        if is_chat(asked, said) and (text := said_text(said)):
            usages(said, lambda usage: set_answer(usage, counted(text, usage["completion_tokens"])))

    return change


def said_text(said: Said) -> str:
    found: list[str] = []
    said.parts(lambda part: found.append(part.get("content") or ""))
    return "".join(found)


def _tokens(known: Known, frame: int) -> Callable[[Asked], int]:
    return lambda asked: frame + sum(count(known, text) for text in asked.texts)


for known, frame, like in (
    ("glm5", 4, "z.ai"),
    ("claude3", 7, "Anthropic"),
    ("deepseek-v3", 2, "DeepSeek"),
    ("gemma3", 0, "Gemini"),
    ("kimi", 5, "Kimi"),
):
    more = {"like": like, "also": (*_RECORD, "template-overhead")}
    plant("prompt-counts", "counts [", f"of_{known}", **more)(prompts(_tokens(known, frame)))

plant(
    "prompt-counts",
    "counts [9, 27, 24, 19, 21, 10]",
    "counted_anew_with_o200k",
    like="a gateway that counts anew",
    also=(*_RECORD, "template-overhead"),
    verdict="reduced",
    deterministic=False,
)(prompts(_tokens("o200k", 7)))


_merges = tokenizer("merges")
_marks = TEMPLATES["marks"]


def _native(asked: Asked) -> int:
    """As the stage `plain` counts: invented vocabulary and template."""
    frame = _marks.first + _marks.usual_system + _marks.message * len(asked.texts)
    return frame + sum(len(_merges(text)) for text in asked.texts)


_both = {"behind": "plain", "also": (*_RECORD, "template-overhead")}
plant("prompt-counts", "counts [", "handed_on", **_both)(prompts(_native))
plant("prompt-counts", "counts [", "handed_on_with_a_margin", **_both)(
    prompts(lambda asked: 2 * _native(asked) + 50)
)


@plant("prompt-counts", "counts [", behind="plain")
def _handed_on_in_streams_alone(asked: Asked, said: Said) -> None:
    if said.is_stream:
        prompts(_native)(asked, said)


def shaped(first: int = 0, system: int = 0, turn: int = 0, tools: int = 0, tool: int = 0):
    """A template's overheads on top of the text."""

    def change(asked: Asked, said: Said) -> None:
        roles = [each.get("role") for each in asked.messages]
        offered = asked.json.get("tools") or []
        if not is_chat(asked, said) or not isinstance(offered, list):
            return
        extra = first + system * ("system" in roles) + turn * ("assistant" in roles)
        extra += (tools if offered else 0) + tool * len(offered)
        usages(said, lambda usage: set_prompt(usage, usage["prompt_tokens"] + extra))

    return change


for called, like, change in (
    ("a_system_message_costs_more", "", shaped(system=11)),
    ("a_turn_costs_more", "", shaped(turn=9)),
    ("tools_have_a_preamble", "Anthropic", shaped(tools=346)),
    ("a_message_around_every_prompt", "gpt-oss", shaped(first=71)),
):
    record = _RECORD if like == "gpt-oss" else ()
    plant("template-overhead", "counts [", called, like=like, also=record)(change)


def _overheads(hi: int, system: int, turn: int) -> Callable[[Asked], int]:
    def counted(asked: Asked) -> int:
        texts = asked.texts
        around = hi + 1 + sum(map(quarter, texts[1:])) + quarter(texts[0]) - 1
        return around + system * (len(texts) == 2) + turn * (len(texts) == 3)

    return counted


plant("template-overhead", "counts [", "of_qwen", like="Qwen", also=("prompt-counts", *_RECORD))(
    prompts(_overheads(26, -16, 10))
)

plant("answer-counts", "tokens", "handed_on", behind="plain", also=_RECORD)(
    answers(lambda text, _count: len(_merges(text)))
)
plant("answer-counts", "tokens", "nine_more", like="gpt-oss")(
    answers(lambda _text, known: known + 9)
)
plant("answer-counts", "tokens", "of_glm", like="z.ai")(
    answers(lambda text, _count: count("glm5", text))
)


@plant("answer-counts", "tokens", behind="plain", also=_RECORD)
def _cut_at_words(asked: Asked, said: Said) -> None:
    """An engine's own limit, tokens of about a word."""
    if not is_chat(asked, said) or said.is_stream:
        return

    def shorten(choice: dict[str, Any]) -> None:
        text = choice["message"].get("content") or ""
        if choice["finish_reason"] == "length" and len(text.split()) > 1:
            choice["message"]["content"] = text[: max(1, text.rstrip().rfind(" "))]

    said.choices(shorten)
    usages(said, lambda usage: set_answer(usage, _spoken(said)))


def _spoken(said: Said) -> int:
    message = said.json["choices"][0]["message"]
    called = "".join(
        each["function"]["name"] + each["function"]["arguments"]
        for each in message.get("tool_calls") or ()
    )
    return sum(map(quarter, (message.get("content") or "", message.get("reasoning") or "", called)))


@plant("answer-counts", "tokens", behind="thinking", also=_RECORD)
def _native_thoughts(asked: Asked, said: Said) -> None:
    if is_chat(asked, said):
        usages(said, lambda usage: _more_thoughts(usage["completion_tokens_details"]))


def _more_thoughts(details: dict[str, Any]) -> None:
    details["reasoning_tokens"] = details["reasoning_tokens"] * 5 // 4


@plant("answer-counts", "tokens")
def _a_total_with_hidden_tokens(asked: Asked, said: Said) -> None:
    if is_chat(asked, said):
        usages(said, lambda usage: usage.update(total_tokens=usage["total_tokens"] + 33))


def _prefixed(asked: Asked, step: int) -> int:
    """Cached tokens of a long prompt, in an engine's blocks."""
    prompt = sum(map(quarter, asked.texts))
    return prompt // step * step if prompt > 1024 else 0


for step, like in ((128, "OpenAI"), (64, "DeepSeek"), (16, "vLLM")):

    @plant("cache-and-cost", "cached_tokens [", f"blocks_of_{step}", like=like)
    def _blocks(asked: Asked, said: Said, step: int = step) -> None:
        if is_chat(asked, said):
            cached = _prefixed(asked, step)
            usages(said, lambda u: u["prompt_tokens_details"].update(cached_tokens=cached))


@plant("cache-and-cost", "prompt_cache_hit_tokens", like="DeepSeek")
def _hits_and_misses(asked: Asked, said: Said) -> None:
    if is_chat(asked, said):
        usages(said, lambda usage: usage.update(prompt_cache_hit_tokens=0))


@plant("cache-and-cost", "upstream_inference_cost", like="OpenRouter")
@on_answers
def _cost_details(said: Said) -> None:
    usages(said, lambda usage: usage.update(cost_details={"upstream_inference_cost": 0.00042}))


@plant("cache-and-cost", "cost_in_usd_ticks", like="xAI")
@on_answers
def _ticks(said: Said) -> None:
    usages(said, lambda usage: usage.update(cost_in_usd_ticks=1583000))


@plant("cache-and-cost", "cost")
def _cost_of_the_endpoint(asked: Asked, said: Said) -> None:
    if is_chat(asked, said):
        usages(said, lambda usage: usage.update(cost=usage["prompt_tokens"] * 6e-7))


@plant("cache-and-cost", "cache_creation", like="Anthropic")
@on_answers
def _cache_creation(said: Said) -> None:
    def told(usage: dict[str, Any]) -> None:
        if "cache_creation" in usage:
            usage["cache_creation"] = {"ephemeral_5m_input_tokens": 0}

    usages(said, told)


def in_dialect(route: str, change: Callable[[dict[str, Any]], Any]):
    def only(asked: Asked, said: Said) -> None:
        if asked.route == route and said.is_answer:
            usages(said, change)

    return only


plant("dialects", "Usage", "messages_count_natively", like="Anthropic")(
    in_dialect("messages", lambda usage: set_prompt(usage, usage.get("input_tokens", 0) * 5 // 4))
)
plant("dialects", "Usage", "responses_count_natively", like="OpenAI")(
    in_dialect("responses", lambda usage: set_answer(usage, usage["output_tokens"] * 4 // 3 + 1))
)
plant("dialects", "Usage", "completions_tell_of_a_cache", like="vLLM")(
    in_dialect("completions", lambda usage: usage["prompt_tokens_details"].update(cached_tokens=16))
)


@plant("dialects", "input_tokens")
def _counted_beforehand(asked: Asked, said: Said) -> None:
    if asked.route == "messages/count_tokens" and not said.is_error:
        text = str(asked.messages[0]["content"])
        said.say({"input_tokens": 7 + count("claude3", text)})


@plant("dialects", "Usage", behind="plain")
def _responses_are_cut_elsewhere(asked: Asked, said: Said) -> None:
    """Half of the answer's limit went elsewhere, and the rest was counted."""
    if asked.route == "responses" and not said.is_stream and said.is_answer:
        said.each(_halved)


def _halved(found: dict[str, Any]) -> None:
    if found["status"] != "incomplete":
        return
    for item in found["output"]:
        for part in item.get("content") or ():
            if part["type"] == "output_text":
                part["text"] = re.sub(r"\s*\S+\Z", "", part["text"]) or part["text"][:1]
    found["output_text"] = ""
