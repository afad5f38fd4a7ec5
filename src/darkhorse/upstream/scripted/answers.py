"""Good answers, and answers that are only a little odd: what a client must understand."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from darkhorse.upstream.scripted.ask import Ask, Shape, last_user_text
from darkhorse.upstream.scripted.book import Book
from darkhorse.upstream.scripted.delivery import (
    answer_steps,
    body_steps,
    stream_steps,
)
from darkhorse.upstream.scripted.plant import JsonObject
from darkhorse.upstream.scripted.prose import USUAL_TILT, Prose
from darkhorse.upstream.scripted.rendering import (
    DONE,
    Answer,
    body,
    chunks,
    completion,
    event,
    events,
    good,
    json_bytes,
    render,
    say,
)
from darkhorse.upstream.scripted.steps import Steps
from darkhorse.upstream.scripted.text import REASONING_TEXT, repeat_to, thoughts

__all__ = ["book"]

book = Book()
replace = msgspec.structs.replace


@book.scenario("long", "A good answer of many deltas.", Shape(deltas=2000, size=16))
@book.scenario(
    "slow",
    "A good answer that takes its time.",
    Shape(first_ms=300, delta_ms=20, deltas=64),
)
@book.scenario("ok", "A plain good answer.")
def plain(ask: Ask) -> Steps:
    return answer_steps(ask, good(ask))


@book.scenario("echo", "Says the last user message's text; `text` where there is none.", pure=False)
def echo(ask: Ask) -> Steps:
    said = last_user_text(ask.messages) or ask.shape.text
    return plain(msgspec.structs.replace(ask, shape=replace(ask.shape, text=said)))


@book.scenario(
    "wordy",
    "As many words as `max_tokens` has room for at 4 bytes each (without one: `tokens`); other "
    "messages get other words.",
    pure=False,
)
def wordy(
    ask: Ask,
    *,
    tokens: Annotated[int, Meta(ge=1, le=1_000_000)] = 256,
    tilt: Annotated[float, Meta(ge=0, le=4)] = USUAL_TILT,
) -> Steps:
    # What makes a long prompt another one than before stands at its end.
    messages = memoryview(ask.messages)
    seed = b"%d/%b" % (len(messages), bytes(messages[-1024:]))
    said = Prose.usual(tilt).text(seed, 4 * (ask.max_tokens or tokens)).decode("ascii")
    return plain(replace(ask, shape=replace(ask.shape, text=said)))


@book.scenario("empty", "200, no content at all, finish `stop`.")
def empty(ask: Ask) -> Steps:
    return answer_steps(ask, Answer(deltas=()))


@book.scenario("huge-delta", "The whole text in one delta of `kb` KiB.")
def huge_delta(ask: Ask, *, kb: Annotated[int, Meta(ge=1, le=262_144)] = 1024) -> Steps:
    return answer_steps(ask, Answer(deltas=say(repeat_to(ask.shape.text or "harbour ", kb * 1024))))


@book.scenario("reasoning", "`reasoning_content` deltas, then content.")
def reasoning(ask: Ask) -> Steps:
    return _reasoned(ask, tuple({"reasoning_content": each} for each in thoughts()))


@book.scenario("reasoning-field", "`reasoning` deltas with `reasoning_details`, then content.")
def reasoning_field(ask: Ask) -> Steps:
    word = ask.plant.canary
    detail = {"type": "reasoning.text", "format": f"{word}-v1", "signature": word, "id": word}
    return _reasoned(
        ask,
        tuple(
            {"reasoning": each, "reasoning_details": [{**detail, "index": 0, "text": each}]}
            for each in thoughts()
        ),
    )


def _reasoned(ask: Ask, reasoned: tuple[JsonObject, ...]) -> Steps:
    said = good(ask)
    said = replace(said, deltas=(*reasoned, *said.deltas))
    if ask.shape.usage and not ask.shape.vocabulary:
        said = replace(said, usage=ask.plant.usage(reasoning=len(REASONING_TEXT)))
    return answer_steps(ask, said)


@book.scenario("think-tags", "Reasoning inside content, between `<think>` tags cut across deltas.")
def think_tags(ask: Ask) -> Steps:
    tagged = say("<th", "ink>", *thoughts(), "</thi", "nk>\n\n")
    said = good(ask)
    return answer_steps(ask, replace(said, deltas=(*tagged, *said.deltas)))


@book.scenario("finish-length", "Cut at the limit: finish `length`.")
def finish_length(ask: Ask) -> Steps:
    return answer_steps(ask, replace(good(ask), finish="length"))


@book.scenario("finish-odd", "A finish_reason nobody knows: `word`.")
def finish_odd(ask: Ask, *, word: str = "network_error") -> Steps:
    return answer_steps(ask, replace(good(ask), finish=word))


@book.scenario("finish-missing", "No finish_reason (unstreamed: null), but `[DONE]`.")
def finish_missing(ask: Ask) -> Steps:
    return answer_steps(ask, replace(good(ask), finish=None))


@book.scenario("no-done", "finish_reason, then the clean end of the body without `[DONE]`.")
def no_done(ask: Ask) -> Steps:
    return answer_steps(ask, replace(good(ask), done=False))


@book.scenario("after-done", "More events after `[DONE]` (unstreamed: a plain answer).")
def after_done(ask: Ask) -> Steps:
    if not ask.stream:
        return plain(ask)
    late = ask.plant.choice("delta", {"content": f"{ask.plant.canary} after the end"}, None)
    said = events(ask, good(ask))
    return stream_steps(ask, [*said, event(json_bytes(ask.plant.chunk([late]))), DONE])


UsageCase = Literal["no-total", "float", "null", "negative", "string", "huge", "empty"]


@book.scenario("usage-odd", "A usage object that is wrong as `case` says.")
def usage_odd(ask: Ask, *, case: UsageCase = "no-total") -> Steps:
    return answer_steps(ask, replace(good(ask), usage=_odd_usage(ask, case)))


def _odd_usage(ask: Ask, case: UsageCase) -> JsonObject:
    usage = ask.plant.usage()
    if case == "empty":
        return {}
    if case == "no-total":
        del usage["total_tokens"]
        return usage
    values: dict[str, Any] = {
        "float": 17.5,
        "null": None,
        "negative": -3,
        "string": ask.plant.canary,
        "huge": msgspec.Raw(b"1" + b"0" * 30),
    }
    counts = ("prompt_tokens", "completion_tokens", "total_tokens")
    return {**usage, **dict.fromkeys(counts, values[case])}


@book.scenario("usage-missing", "No usage.", Shape(usage=False))
def usage_missing(ask: Ask) -> Steps:
    return plain(ask)


@book.scenario("usage-every-chunk", "Usage so far in each event, as some engines do.")
def usage_every_chunk(ask: Ask) -> Steps:
    if not ask.stream:
        return plain(ask)
    said = [{"usage": ask.plant.usage(), **each} for each in chunks(ask, good(ask))]
    return stream_steps(ask, render(ask, said))


@book.scenario("role-null", "`role: null` in each delta and in the message.")
def role_null(ask: Ask) -> Steps:
    said = good(ask)
    if not ask.stream:
        return answer_steps(ask, replace(said, role=None))
    deltas = tuple({"role": None, **delta} for delta in said.deltas)
    return answer_steps(ask, replace(said, role=None, deltas=deltas))


@book.scenario("n-choices", "Two choices; index 1 says the canary and is nobody's answer.")
def n_choices(ask: Ask) -> Steps:
    plant, said = ask.plant, good(ask)
    other = {"content": f"{plant.canary} of the second choice. "}
    if not ask.stream:
        whole = completion(ask, said)
        second = plant.choice("message", {"role": "assistant", **other}, "stop", index=1)
        return body_steps(ask, json_bytes({**whole, "choices": [second, *whole["choices"]]}))
    both: list[JsonObject] = []
    for chunk in chunks(ask, said):
        both.append(chunk)
        if chunk["choices"]:
            finish = chunk["choices"][0]["finish_reason"]
            both.append(plant.chunk([plant.choice("delta", other, finish, index=1)]))
    return stream_steps(ask, render(ask, both))


TypeCase = Literal["params", "upper", "plain", "json", "none"]


@book.scenario("ok-content-type-odd", "A good answer under another Content-Type: see `case`.")
def content_type_odd(ask: Ask, *, case: TypeCase = "params") -> Steps:
    usual = "text/event-stream" if ask.stream else "application/json"
    kinds: dict[TypeCase, str] = {
        "params": f"{usual}; maker={ask.plant.canary}",
        "upper": usual.upper(),
        "plain": f"text/plain; charset={ask.plant.canary}",
        "json": "application/json" if ask.stream else "text/event-stream",
        "none": "",
    }
    if ask.stream:
        return stream_steps(ask, events(ask, good(ask)), content_type=kinds[case])
    return body_steps(ask, body(ask, good(ask)), content_type=kinds[case])
