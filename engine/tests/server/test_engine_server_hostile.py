"""Clients that mean harm: each gets an answer in words, and nobody else waits for it."""

import json
import socket
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from engine_server_asking import ASK
from engine_server_kit import KEY, PATIENCE, Served, raw_request, serving, until

CHAT = "/v1/chat/completions"
IMPATIENT = """
import darkhorse_engine.server.app as app
import darkhorse_engine.server.replies as replies
from darkhorse_engine.cli import main

app._PATIENCE = 0.5
replies._PATIENCE = 0.5
main()
"""


def parameters(**schema: Any) -> Any:
    """Of the one tool that has to be called."""
    return {
        "tools": [{"type": "function", "function": {"name": "f", "parameters": schema}}],
        "tool_choice": "required",
    }


def begun(arguments: str) -> Any:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    return {"messages": [*ASK["messages"], {"role": "assistant", "tool_calls": [call]}]}


def nested(levels: int) -> Any:
    inside: Any = []
    for _ in range(levels):
        inside = [inside]
    return inside


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (parameters(type="object", required=7), "required"),
        (parameters(properties={"a": {"type": "string", "minLength": "x"}}), "minLength"),
        (parameters(properties={"a": {"$ref": "file:///etc/passwd"}}), "reference"),
        (parameters(type="object", x=nested(150)), "deeply"),
        (parameters(type="object", x=nested(850)), "deeply"),
        (parameters(properties={"a": {"type": "integer", "multipleOf": 999_983}}), "multipleOf"),
        (begun('{"a": "\\ud800"}'), "JSON"),
        (begun('{"a": ' + "[" * 900 + "]" * 900 + "}"), "deeply"),
        ({"grammar": "root ::= nobody"}, "nobody"),
        ({"grammar": "root ::= " + "(" * 3000 + '"a"' + ")" * 3000}, "deeply"),
        ({"grammar": 'root ::= "' + "a" * 40_000 + '"'}, "too long"),
        ({"response_format": {"type": "regex", "pattern": "a" * 40_000}}, "too long"),
        ({"logit_bias": {"99999999": 1}}, "logit_bias"),
        ({"logit_bias": {"-1": 1}}, "logit_bias"),
        ({"logit_bias": {" 1_0": 1}}, "logit_bias"),
        ({"logit_bias": {str(at): 1 for at in range(1025)}}, "1024"),
    ],
)
def test_what_was_meant_to_hurt_is_refused(served: Served, asked: Any, word: str):
    with served.http as http:
        answer = http.post(CHAT, json={**ASK, "max_tokens": 2, **asked})
    assert answer.status_code == 400, answer.text
    assert word in answer.json()["error"]["message"]


def test_a_huge_text_is_refused_at_once_and_holds_nobody_up(served: Served):
    body = {"messages": [{"role": "user", "content": "<|" * 2_000_000}]}
    codes, waits = [], []

    def ask() -> None:
        with served.http as http:
            codes.append(http.post(CHAT, json=body).json()["error"]["code"])

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    with served.http as http:
        while any(thread.is_alive() for thread in asking):
            began = time.monotonic()
            http.get("/health")
            waits.append(time.monotonic() - began)
    assert codes == ["context_length_exceeded"] * 3
    assert max(waits) < 5  # it was 9 s, and 27 until the answer


def test_a_crowd_is_answered_or_told_when_to_come_back(tiny_model: Path):
    said: Counter[tuple[int, str | None]] = Counter()

    def ask(served: Served) -> None:
        with served.http as http:
            asked = {**ASK, "max_tokens": 30, "ignore_eos": True}
            answer = http.post(CHAT, json=asked)
            said[answer.status_code, answer.headers.get("retry-after")] += 1

    with serving(tiny_model, "--slots", "2", "--queue", "3", "--memory-mib", "8") as served:
        crowd = [threading.Thread(target=ask, args=(served,)) for _ in range(40)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
        assert set(said) <= {(200, None), (429, "5")}
        assert said[200, None] >= 5
        assert said.total() == 40
        assert served.figure("running") == served.figure("waiting") == 0


def test_who_does_not_send_and_who_does_not_read_is_left(tiny_model: Path):
    with serving(tiny_model, "--memory-mib", "64", script=IMPATIENT) as served:
        with socket.create_connection(served.address, timeout=PATIENCE) as slow:
            head = f"POST {CHAT} HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {KEY}\r\n"
            slow.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
            answer = b"".join(iter(lambda: slow.recv(65536), b""))
        assert b" 408 " in answer
        assert b"did not arrive in time" in answer
        asked = {**ASK, "stream": True, "ignore_eos": True, "logprobs": True, "top_logprobs": 20}
        body = json.dumps({**asked, "max_tokens": 4000}).encode()
        with raw_request(served, CHAT, body, buffer=4096) as deaf:
            until(lambda: served.figure("running") == 1)
            until(lambda: served.figure("running") == 0)
            assert served.figure("generated_tokens_total") < 4000
            deaf.settimeout(PATIENCE)
            assert b"[DONE]" not in b"".join(iter(lambda: deaf.recv(1 << 20), b""))
