"""Each scenario of the registry does at byte level what its help says, streamed and not."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from scripted_client import CANARY, Raw, chat, dechunk

from darkhorse.upstream.scripted import DEFAULT_TEXT, REASONING_TEXT, SCENARIOS
from darkhorse.upstream.scripted.registry import IMITATIONS

SILENCE_S = 0.1

Check = Callable[[Raw], object]


def says(text: str = DEFAULT_TEXT, finish: str = "stop") -> tuple[Check, Check]:
    def streamed(raw: Raw) -> None:
        assert raw.end == "fin"
        assert raw.deltas() == text
        assert raw.finishes() == [finish]
        assert raw.events()[-1] == "[DONE]"

    def whole(raw: Raw) -> None:
        [choice] = raw.json()["choices"]
        assert (choice["message"]["content"] or "") == text
        assert choice["finish_reason"] == finish
        assert CANARY not in text

    return streamed, whole


def both(check: Check) -> tuple[Check, Check]:
    return check, check


def ok_but(streamed: Check, unstreamed: Check) -> tuple[Check, Check]:
    """A good answer with one more thing to hold."""
    good_stream, good_whole = says()

    def check_stream(raw: Raw) -> None:
        good_stream(raw)
        assert streamed(raw)

    def check_whole(raw: Raw) -> None:
        good_whole(raw)
        assert unstreamed(raw)

    return check_stream, check_whole


def yes(_: Raw) -> bool:
    return True


def reasoned(key: str) -> tuple[Check, Check]:
    return ok_but(
        lambda raw: (
            raw.deltas(key) == REASONING_TEXT
            and raw.data.index(REASONING_TEXT[:20].encode())
            < raw.data.index(DEFAULT_TEXT[:20].encode())
        ),
        lambda raw: raw.json()["choices"][0]["message"][key] == REASONING_TEXT,
    )


def tools(count: int, ids: int) -> tuple[Check, Check]:
    def joined(raw: Raw) -> list[dict[str, str]]:
        calls: dict[int, dict[str, str]] = {}
        for chunk in raw.chunks():
            for choice in chunk["choices"]:
                for piece in choice["delta"].get("tool_calls", ()):
                    call = calls.setdefault(piece["index"], {"id": piece.get("id"), "text": ""})
                    call["text"] += piece["function"]["arguments"]
        return list(calls.values())

    def check(calls: list[dict[str, str]], finish: str) -> None:
        assert len(calls) == count
        assert finish == "tool_calls"
        assert len({call["id"] for call in calls}) == ids
        assert all(CANARY in call["id"] and CANARY not in call["text"] for call in calls)
        assert all(isinstance(json.loads(call["text"]), dict) for call in calls)

    def streamed(raw: Raw) -> None:
        check(joined(raw), *raw.finishes())

    def whole(raw: Raw) -> None:
        [choice] = raw.json()["choices"]
        calls = choice["message"]["tool_calls"]
        check(
            [{"id": call["id"], "text": call["function"]["arguments"]} for call in calls],
            choice["finish_reason"],
        )

    return streamed, whole


def ends(end: str, *, with_head: bool, text: bool | None = None) -> Check:
    """How the connection ended, whether a whole head came, and whether any answer text did."""

    def check(raw: Raw) -> None:
        assert raw.end == end
        assert (b"\r\n\r\n" in raw.data) == with_head
        if text is not None:
            assert (DEFAULT_TEXT[:10].encode() in raw.data) == text
        assert b"[DONE]" not in raw.data

    return check


def breaks_http(streamed: bytes | None = None) -> Check:
    """Not a well-framed response: its body cannot be read to an end."""

    def check(raw: Raw) -> None:
        assert raw.end == "fin"
        with pytest.raises((AssertionError, ValueError)):
            raw.body()
        assert streamed is None or streamed in raw.data

    return check


def is_error(at: int, *, code: Any = 502) -> tuple[Check, Check]:
    def streamed(raw: Raw) -> None:
        chunks = raw.chunks()
        assert [n for n, chunk in enumerate(chunks) if "error" in chunk] == [at]
        assert at == len(chunks) - 1
        assert chunks[at]["error"]["code"] == code
        assert raw.events()[-1] == "[DONE]"

    def whole(raw: Raw) -> None:
        assert raw.status == 200
        assert raw.json()["error"]["code"] == code

    return streamed, whole


def bad_event(fails: type[Exception] | None, shape: type | None = None) -> tuple[Check, Check]:
    """The event after two good deltas, or the body, does not decode, or not to an object."""

    def probe(data: bytes) -> None:
        if fails is None:
            assert shape is None or isinstance(json.loads(data), shape)
        else:
            with pytest.raises(fails):
                json.loads(data)

    def streamed(raw: Raw) -> None:
        events = raw.body().split(b"\n\n")
        datas = [each.split(b"data: ", 1)[1] for each in events if b"data: " in each]
        assert json.loads(datas[2])["choices"][0]["delta"]["content"]
        probe(datas[3])
        assert json.loads(datas[4])["choices"][0]["delta"]["content"]
        assert datas[-1] == b"[DONE]"

    return streamed, lambda raw: probe(raw.body())


def no_content(raw: Raw) -> None:
    assert '"choices":[{' not in raw.body().decode()
    assert raw.status == 200


def split_mid_character(raw: Raw) -> bool:
    """Some HTTP chunk ends inside a character, yet the whole is UTF-8."""
    pieces = dechunk(raw.rest)
    b"".join(pieces).decode()
    return any(piece[-1] >= 0xF0 or piece[-2:-1] >= b"\xf0" for piece in pieces)


EXPECTED: dict[str, tuple[Check, Check]] = {
    "ok": says(),
    "slow?first_ms=5&delta_ms=1&deltas=4": says(),
    "long": ok_but(yes, yes),  # replaced below: its text is its own
    "echo": says("hello"),
    "wordy?tokens=64": (
        lambda raw: len(raw.deltas()) == 256,
        lambda raw: len(raw.json()["choices"][0]["message"]["content"]) == 256,
    ),
    "empty": says(""),
    "huge-delta": says("harbour " * 131_072),
    "reasoning": reasoned("reasoning_content"),
    "reasoning-field": reasoned("reasoning"),
    "think-tags": says(f"<think>{REASONING_TEXT}</think>\n\n{DEFAULT_TEXT}"),
    "finish-length": says(finish="length"),
    "finish-odd": says(finish="network_error"),
    "finish-missing": (
        lambda raw: raw.finishes() == [] and raw.events()[-1] == "[DONE]",
        lambda raw: raw.json()["choices"][0]["finish_reason"] is None,
    ),
    "no-done": (
        lambda raw: raw.finishes() == ["stop"] and "[DONE]" not in raw.events(),
        says()[1],
    ),
    "after-done": (
        lambda raw: raw.deltas() == DEFAULT_TEXT and "after the end" in raw.events()[-2],
        says()[1],
    ),
    "usage-odd": ok_but(
        lambda raw: "total_tokens" not in raw.chunks()[-1]["usage"],
        lambda raw: "total_tokens" not in raw.json()["usage"],
    ),
    "usage-missing": ok_but(
        lambda raw: b'"usage"' not in raw.data, lambda raw: b'"usage"' not in raw.data
    ),
    "usage-every-chunk": ok_but(lambda raw: all("usage" in c for c in raw.chunks()), yes),
    "role-null": ok_but(
        lambda raw: all(
            choice["delta"]["role"] is None
            for chunk in raw.chunks()
            for choice in chunk["choices"]
            if choice["delta"].get("content")
        ),
        lambda raw: raw.json()["choices"][0]["message"]["role"] is None,
    ),
    "n-choices": (
        lambda raw: raw.deltas() == DEFAULT_TEXT and CANARY in raw.deltas(index=1),
        lambda raw: (
            [c["index"] for c in raw.json()["choices"]] == [1, 0]
            and raw.json()["choices"][1]["message"]["content"] == DEFAULT_TEXT
        ),
    ),
    "ok-content-type-odd": ok_but(
        lambda raw: raw.headers()["content-type"] == f"text/event-stream; maker={CANARY}",
        lambda raw: raw.headers()["content-type"] == f"application/json; maker={CANARY}",
    ),
    "tools": tools(1, 1),
    "tools-whole": tools(1, 1),
    "parallel-tools": tools(2, 2),
    "duplicate-ids": tools(2, 1),
    "coder": says("Fix the file"),  # with tools: test_scripted_coder.py
    "obliging": says("As you wish."),  # with tools and schemas: tests/contract
    "strict": says("As you wish."),  # what it refuses: tests/live/test_profile_alike.py
    "unicode": (
        lambda raw: split_mid_character(raw) and "🎹" in raw.deltas(),
        lambda raw: "🎹" in raw.json()["choices"][0]["message"]["content"],
    ),
    "dribble": says(),
    "coalesced": ok_but(lambda raw: len(dechunk(raw.rest)) == 1, yes),
    "split-events": ok_but(
        lambda raw: max(map(len, dechunk(raw.rest))) == 7,
        lambda raw: max(map(len, dechunk(raw.rest))) == 7,
    ),
    "crlf": ok_but(
        lambda raw: (
            raw.body().startswith(b"\xef\xbb\xbf")
            and b"\n" not in raw.body().replace(b"\r\n", b"")
            and raw.body().count(b"event: ") == len(raw.chunks())
            and raw.body().count(b"data: ") == 2 * len(raw.chunks()) + 1
        ),
        lambda raw: raw.body().startswith(b" \r\n\t{"),
    ),
    "cr-only": ok_but(lambda raw: b"\n" not in raw.body(), yes),
    "no-space": ok_but(lambda raw: b"data: " not in raw.body(), yes),
    "no-last-newline": ok_but(lambda raw: raw.body().endswith(b"data: [DONE]"), yes),
    "until-close": ok_but(
        lambda raw: not {"content-length", "transfer-encoding"} & raw.headers().keys(),
        lambda raw: not {"content-length", "transfer-encoding"} & raw.headers().keys(),
    ),
    "trailers": ok_but(
        *both(lambda raw: raw.data.endswith(b"0\r\nx-canary-trailer: CANARYMAKER\r\n\r\n"))
    ),
    "early-hints": both(
        lambda raw: raw.status == 103 and Raw(raw.rest, raw.end).status == 200,
    ),
    "huge-headers": ok_but(*both(lambda raw: len(raw.head) > 256 * 1000)),
    "status-NNN": both(lambda raw: raw.status == 500 and raw.json()["error"]["code"] == 500),
    "status-200-error": (
        lambda raw: raw.status == 200 and "error" in raw.chunks()[0] and len(raw.chunks()) == 1,
        lambda raw: raw.status == 200 and "choices" not in raw.json() and "error" in raw.json(),
    ),
    "hang": both(lambda raw: raw == Raw(b"", "silence")),
    "hang-headers": both(ends("silence", with_head=True, text=False)),
    "hang-mid": both(ends("silence", with_head=True, text=True)),
    "refuse": both(lambda raw: raw == Raw(b"", "fin")),
    "reset": both(lambda raw: raw == Raw(b"", "rst")),
    "reset?after=2": both(ends("rst", with_head=True, text=True)),
    "cut-headers": both(ends("fin", with_head=False)),
    "cut-first": (
        ends("fin", with_head=True, text=False),
        lambda raw: raw.rest == b"" and raw.headers()["content-length"] == "4096",
    ),
    "cut-mid-event": both(breaks_http(DEFAULT_TEXT[:10].encode())),
    "cut-between": (
        lambda raw: (
            raw.deltas() == DEFAULT_TEXT[: len(raw.deltas())] != ""
            and raw.finishes() == []
            and "[DONE]" not in raw.events()
        ),
        lambda raw: int(raw.headers()["content-length"]) == len(raw.rest) and not is_json(raw.rest),
    ),
    "cut-chunked": both(breaks_http(b"transfer-encoding: chunked")),
    "cut-length": both(breaks_http(b"content-length: ")),
    "error-first": is_error(0),
    "error-mid": is_error(3),
    "error-mid-string-code": is_error(3, code=f"{CANARY}_overloaded"),
    "error-last": is_error(10),
    "flaky": both(yes),  # needs several requests: test_scripted_state.py
    "down-then-up": both(yes),
    "cut-then-up": both(yes),
    "garbage": both(lambda raw: len(raw.body()) == 65_536 + len(CANARY) and not is_utf8(raw)),
    "not-json": bad_event(json.JSONDecodeError),
    "json-array": bad_event(None, list),
    "json-scalar": bad_event(None, str),
    "html-200": both(
        lambda raw: raw.status == 200 and raw.body().startswith(b"<!DOCTYPE html>"),
    ),
    "bad-utf8": bad_event(UnicodeDecodeError),
    "null-bytes": bad_event(json.JSONDecodeError),
    "lone-surrogate": bad_event(None, dict),
    "truncated-json": bad_event(json.JSONDecodeError),
    "choices-empty": both(no_content),
    "no-choices": both(lambda raw: b'"choices"' not in raw.body() and raw.status == 200),
    "wrong-types": bad_event(None, dict),
    "deep-nesting": bad_event(RecursionError),
    "huge-event?mb=2": both(
        lambda raw: max(map(len, raw.body().split(b"\n"))) > 2 * 1024 * 1024,
    ),
    "endless?mb=2": both(
        lambda raw: raw.end == "fin" and 1_900_000 < len(raw.data) < 2_300_000,
    ),
    "bad-chunk-size": both(breaks_http(b"ZCANARYMAKER\r\n")),
    "bad-status-line": both(lambda raw: raw.data.startswith(b"HTTP/9.9 CANARYMAKER banana\r\n")),
    "double-content-length": both(lambda raw: raw.head.count(b"content-length: ") == 2),
    "length-and-chunked": both(
        lambda raw: b"content-length: 5" in raw.head and b"chunked" in raw.head
    ),
    "gzip-lie": ok_but(*both(lambda raw: raw.headers()["content-encoding"] == "gzip")),
}


def is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def is_utf8(raw: Raw) -> bool:
    try:
        raw.body().decode()
    except UnicodeDecodeError:
        return False
    return True


def long_text(text: str) -> bool:
    return len(text) == 2000 * 16 and text.startswith(DEFAULT_TEXT) and CANARY not in text


EXPECTED["long"] = (
    lambda raw: long_text(raw.deltas()) and len(raw.chunks()) == 2003,
    lambda raw: long_text(raw.json()["choices"][0]["message"]["content"]),
)


def test_every_scenario_is_expected():
    apart = IMITATIONS | {"veiled"}  # these have test files of their own
    here = set(SCENARIOS.scenarios) - apart
    assert {model.partition("?")[0] for model in EXPECTED} == here


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize("model", EXPECTED)
def test_scenario_does_as_it_says(port, model, stream):
    patience_s = SILENCE_S if model.startswith("hang") else 10
    raw = chat(port, model, stream=stream, silence_s=patience_s)
    outcome = EXPECTED[model][0 if stream else 1](raw)
    assert outcome is None or outcome
    assert CANARY.encode() in raw.data or raw.data == b""
