"""Scenarios with a vocabulary: real counts, one token a delta, cuts and errors by native tokens."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_client import Raw, send

from darkhorse.upstream.scripted import DEFAULT_TEXT, PROMPT_TOKENS, REASONING_TEXT
from darkhorse.upstream.scripted.prefixes import Prefixes
from darkhorse.upstream.scripted.templates import TEMPLATES
from darkhorse.upstream.scripted.vocabulary import VOCABULARIES, decoded, tokenizer
from darkhorse.wire.refusals import refusal

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("ab 7漢字🐎é"))
NAMES = sorted(VOCABULARIES)


def ask(port: int, model: str, user: str = "hello there, 漢字 2026", **fields: Any) -> Raw:
    messages = [{"role": "user", "content": user}]
    body = json.dumps({"model": model, "messages": messages} | fields).encode()
    return send(
        port,
        b"POST /v1/chat/completions HTTP/1.1\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body),
    )


def usage(port: int, model: str, user: str, **fields: Any) -> dict[str, Any]:
    return ask(port, model, user, **fields).json()["usage"]


@pytest.mark.parametrize("name", NAMES)
@given(text=TEXTS)
def test_tokens_joined_are_the_text(name, text):
    tokens = tokenizer(name)(text)
    assert b"".join(tokens).decode() == text
    assert all(tokens)
    assert "".join(decoded(tokens)) == text


def test_vocabularies_differ_from_one_another():
    texts = [
        DEFAULT_TEXT,
        "x" * 100,
        "1234567890" * 5,
        "漢字かな交じり文",
        "été à Zürich",
        "  \n  ",
    ]
    rows = [tuple(len(tokenizer(name)(text)) for text in texts) for name in NAMES]
    rows.append(tuple(len(tokenizer("merges", 7)(text)) for text in texts))
    assert len(set(rows)) == len(NAMES) + 1
    for one, other in pairwise(rows):  # nor is one the other plus a constant
        assert len({a - b for a, b in zip(one, other, strict=True)}) > 2


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("name", NAMES)
def test_counts_are_those_of_vocabulary_and_template(port, name, template, stream):
    model = f"ok?vocabulary={name}&template={template}"
    raw = ask(port, model, "One two", stream=stream)
    told = (raw.chunks()[-1] if stream else raw.json())["usage"]
    frame, tokens = TEMPLATES[template], tokenizer(name)
    prompt = frame.first + frame.usual_system + frame.message + len(tokens("One two"))
    assert told["prompt_tokens"] == prompt
    answer = len(tokens(DEFAULT_TEXT))
    assert told["completion_tokens"] == frame.opening + answer + frame.end
    assert told["total_tokens"] == told["prompt_tokens"] + told["completion_tokens"]


@pytest.mark.parametrize("name", NAMES)
def test_a_delta_is_a_token(port, name):
    raw = ask(port, f"ok?vocabulary={name}", stream=True)
    said = [c["delta"].get("content") for chunk in raw.chunks() for c in chunk["choices"]]
    assert [each for each in said if each] == [
        each for each in decoded(tokenizer(name)(DEFAULT_TEXT)) if each
    ]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_the_limit_counts_native_tokens_and_what_nobody_sees(port, stream):
    """`channels` opens an answer with five tokens: the first four limits leave no text."""
    tokens = tokenizer("pairs")(DEFAULT_TEXT)
    for limit in (1, 4, 5, 6, 20):
        fields = {"max_tokens": limit, "stream": stream}
        raw = ask(port, "ok?vocabulary=pairs&template=channels", **fields)
        whole = None if stream else raw.json()["choices"][0]
        text = raw.deltas() if whole is None else whole["message"]["content"]
        finish = raw.finishes()[0] if whole is None else whole["finish_reason"]
        shown = max(0, limit - 5)
        assert ((text or "").encode(), finish) == (b"".join(tokens[:shown]), "length")


def test_thoughts_and_calls_are_counted(port):
    frame, tokens = TEMPLATES["tags"], tokenizer("syllables")
    model = "?vocabulary=syllables&template=tags"
    told = usage(port, f"reasoning{model}", "hi")
    thoughts = frame.thought + len(tokens(REASONING_TEXT))
    assert told["completion_tokens_details"]["reasoning_tokens"] == thoughts
    assert told["completion_tokens"] == thoughts + len(tokens(DEFAULT_TEXT)) + frame.end
    raw = ask(port, f"tools{model}", "hi")
    call = raw.json()["choices"][0]["message"]["tool_calls"][0]["function"]
    words = len(tokens(call["name"])) + len(tokens(call["arguments"]))
    assert raw.json()["usage"]["completion_tokens"] == frame.call + words + frame.end
    streamed = ask(port, f"tools{model}", "hi", stream=True).chunks()
    deltas = [c["delta"].get("tool_calls") for chunk in streamed for c in chunk["choices"]]
    joined = "".join(each[0]["function"]["arguments"] for each in deltas if each)
    assert joined == call["arguments"]
    assert len([each for each in deltas if each]) >= len(tokens(call["arguments"]))


def test_tools_turns_and_media_cost_what_the_template_says(port):
    frame, model = TEMPLATES["marks"], "ok?vocabulary=quads&template=marks"
    bare = usage(port, model, "hi")["prompt_tokens"]
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    one = usage(port, model, "hi", tools=[tool])["prompt_tokens"]
    two = usage(port, model, "hi", tools=[tool, tool])["prompt_tokens"]
    each = len(tokenizer("quads")(json.dumps(tool, separators=(",", ":")))) + frame.tool
    assert (one - bare, two - one) == (frame.tools + each, each)
    turns = [{"role": "system", "content": "abcd"}, {"role": "user", "content": "hi"}]
    said = usage(port, model, "", messages=turns)["prompt_tokens"]
    assert said - bare == 1 + frame.message + frame.system - frame.usual_system
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}
    parts = [{"role": "user", "content": [{"type": "text", "text": "hi"}, image]}]
    assert usage(port, model, "", messages=parts)["prompt_tokens"] - bare == frame.media


def test_a_repeated_beginning_is_cached_in_whole_blocks(port):
    def cached(text: str) -> int:
        model = "ok?vocabulary=quads&block=64"
        return usage(port, model, text)["prompt_tokens_details"]["cached_tokens"]

    port_text = f"{port} " * 200
    text = port_text + "a" * 4000
    assert [cached(text), cached(text)] == [0, len(text) // 4 // 64 * 64]
    assert cached(port_text + "b" * 4000) == len(port_text) // 4 // 64 * 64


def test_the_last_token_is_never_cached():
    prefixes, tokens = Prefixes(), [b"x"] * 128
    assert [prefixes.cached(tokens, 64) for _ in range(2)] == [0, 64]
    assert prefixes.cached([*tokens, b"y"], 64) == 64  # nobody has seen the second block whole
    assert prefixes.cached([*tokens, b"z"], 64) == 128


@pytest.mark.parametrize("window", ["vllm", "llamacpp", "vendor"])
def test_over_the_context_is_refused_in_an_engines_words(port, window):
    model = f"ok?vocabulary=quads&context=100&window={window}"
    fitting, over = (ask(port, model, "abcd" * count, max_tokens=1) for count in (99, 101))
    assert (fitting.status, over.status) == (200, 400)
    assert refusal(400, over.body()).kind == "context"
    counts_answer = ask(port, model, "abcd" * 50, max_tokens=51).status
    assert counts_answer == (400 if window == "vllm" else 200)


def test_without_a_vocabulary_numbers_stay_canaries(port):
    told = usage(port, "ok?template=tags&context=1", "hello")
    assert told["prompt_tokens"] == PROMPT_TOKENS
