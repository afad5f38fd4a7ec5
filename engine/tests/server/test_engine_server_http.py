"""Routes, keys, errors, and what happens to those who leave, come too many, or come at once."""

import json
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from engine_server_kit import KEY, Served, raw_request, serving, until

MESSAGES = [{"role": "user", "content": "Tell me"}]
ENDLESS = {"messages": MESSAGES, "ignore_eos": True, "max_tokens": 3000}
CHAT, TEXT = "/v1/chat/completions", "/v1/completions"


def bare(served: Served, **headers: str) -> httpx2.Client:
    return httpx2.Client(base_url=served.url, headers=headers, trust_env=False)


@pytest.mark.parametrize("path", ["/v1/models", "/metrics", "/nowhere"])
@pytest.mark.parametrize("key", [None, "Bearer wrong", KEY])
def test_everything_but_health_wants_the_key(served: Served, path: str, key: str | None):
    with bare(served, **({"Authorization": key} if key else {})) as http:
        refused = http.get(path)
        assert http.get("/health").json() == {"status": "ok"}
    assert refused.status_code == 401
    assert refused.json()["error"]["type"] == "authentication_error"


def test_the_model_says_how_much_it_holds(served: Served):
    with served.client as client:
        models = client.models.list().data
    assert [(each.id, each.max_model_len) for each in models] == [("tiny", 4096)]


def test_a_rendered_prompt_has_as_many_tokens_as_are_counted(served: Served):
    """As `darkhorse up` measures what an engine holds: with llama.cpp's two small routes."""
    with served.http as http:
        prompt = http.post("/apply-template", json={"messages": MESSAGES}).json()["prompt"]
        asked = {"content": prompt, "add_special": True}
        tokens = http.post("/tokenize", json=asked).json()["tokens"]
        used = http.post(CHAT, json={"messages": MESSAGES, "max_tokens": 1}).json()["usage"]
    assert prompt == "[gMASK]<sop><|user|>Tell me<|assistant|><think>"
    assert used["prompt_tokens"] == len(tokens) == 5 + len("Tell me")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", CHAT, b"{", 400),
        ("POST", CHAT, b'{"messages": 3}', 400),
        ("POST", CHAT, b"\xff", 400),
        ("POST", TEXT, b'{"prompt": []}', 400),
        ("POST", TEXT, b'{"prompt": [{"a": 1}]}', 400),
        ("POST", TEXT, b'{"prompt": ["a", "b"]}', 400),
        ("POST", TEXT, b'{"prompt": [1, 999999]}', 400),
        ("POST", TEXT, b'{"prompt": "a", "echo": true}', 400),
        ("POST", TEXT, b'{"prompt": "a", "suffix": "b"}', 400),
        ("POST", "/tokenize", b"{}", 400),
        ("POST", "/v1/embeddings", b"{}", 404),
        ("GET", CHAT, b"", 405),
        ("POST", CHAT, b" " * (33 << 20), 413),
    ],
)
def test_errors_have_openais_shape(
    served: Served, method: str, path: str, body: bytes, status: int
):
    with served.http as http:
        refused = http.request(method, path, content=body)
    error = refused.json()["error"]
    assert refused.status_code == status
    assert error["type"] == "invalid_request_error"
    assert error["message"]
    assert ("allow" in refused.headers) == (status == 405)


def test_a_body_without_a_length_is_not_read_for_ever(served: Served):
    piece = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
    head = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
    sent = 0
    with socket.create_connection(served.address) as sock:
        sock.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        with suppress(ConnectionError):
            while sent < 300:
                sock.sendall(piece)
                sent += 1
    assert 32 <= sent < 300


def test_text_goes_on_from_ids_as_from_text(served: Served):
    asked: dict[str, Any] = {"max_tokens": 12, "temperature": 0, "logprobs": 2}
    with served.http as http:
        ids = http.post("/tokenize", json={"content": "Ähm"}).json()["tokens"]
        prompts = ["Ähm", ["Ähm"], ids, [ids]]
        answers = [http.post(TEXT, json={**asked, "prompt": each}).json() for each in prompts]
        streamed = http.post(TEXT, json={**asked, "prompt": "Ähm", "stream": True})
    choices = [answer["choices"][0] for answer in answers]
    assert all(choice == choices[0] for choice in choices)
    assert len(choices[0]["logprobs"]["token_logprobs"]) == 12
    assert answers[0]["usage"]["completion_tokens"] == 12
    events = [line.removeprefix("data: ") for line in streamed.text.splitlines() if line]
    assert events.pop() == "[DONE]"
    pieces = [json.loads(each)["choices"][0] for each in events]
    assert "".join(piece["text"] for piece in pieces) == choices[0]["text"]
    likely = [each for piece in pieces for each in piece["logprobs"]["token_logprobs"]]
    assert likely == choices[0]["logprobs"]["token_logprobs"]


def test_llama_cpps_grammars_hold(served: Served):
    """As the router sends them to its embedded model."""
    gbnf = 'root ::= "{" pair{1,3} "}"\npair ::= ["] [a-c]{2,4} ["] ":" ("1" | "\\"x\\"") ";"'
    with served.http as http:
        texts = [
            http.post(
                TEXT, json={"prompt": "a", "grammar": gbnf, "seed": seed, "max_tokens": 50}
            ).json()["choices"][0]["text"]
            for seed in range(4)
        ]
        refused = http.post(TEXT, json={"prompt": "a", "grammar": "root ::= ("})
    assert all(re.fullmatch(r'\{("[a-c]{2,4}":(1|"x");){1,3}\}', text) for text in texts), texts
    assert len(set(texts)) > 1
    assert refused.status_code == 400
    assert "`grammar`" in refused.json()["error"]["message"]


def test_others_in_the_batch_change_nothing(served: Served):
    def ask(seed: int) -> str:
        with served.http as http:
            asked = {"prompt": f"{seed}: ", "seed": seed, "max_tokens": 30}
            return str(http.post(TEXT, json=asked).json()["choices"][0]["text"])

    alone = [ask(seed) for seed in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(6))) == alone


@pytest.mark.parametrize("stream", [True, False])
def test_who_leaves_frees_the_sequence(served: Served, stream: bool):  # noqa: FBT001
    sock = raw_request(served, CHAT, json.dumps({**ENDLESS, "stream": stream}).encode())
    until(lambda: served.figure("running") == 1)
    before = served.figure("generated_tokens_total")
    sock.close()
    until(lambda: served.figure("running") == 0)
    assert served.figure("generated_tokens_total") - before < 1000
    assert served.figure("waiting") == 0


def test_a_short_request_is_answered_while_long_ones_run(served: Served):
    socks = [raw_request(served, CHAT, json.dumps(ENDLESS).encode()) for _ in range(2)]
    until(lambda: served.figure("running") == 2)
    with served.http as http:
        assert http.post(TEXT, json={"prompt": "a", "max_tokens": 3}).status_code == 200
    for sock in socks:
        sock.close()
    until(lambda: served.figure("running") == 0)


def test_too_many_are_told_to_come_back(tiny_model: Path):
    options = ("--slots", "1", "--queue", "1", "--memory-mib", "8")
    with serving(tiny_model, *options) as narrow:
        socks = [raw_request(narrow, CHAT, json.dumps(ENDLESS).encode()) for _ in range(2)]
        until(lambda: narrow.figure("running") + narrow.figure("waiting") == 2)
        with narrow.http as http:
            refused = http.post(CHAT, json=ENDLESS)
        assert refused.status_code == 429
        assert refused.json()["error"]["type"] == "rate_limit_error"
        assert int(refused.headers["retry-after"]) > 0
        for sock in socks:
            sock.close()
        until(lambda: narrow.figure("running") + narrow.figure("waiting") == 0)
        with narrow.http as http:
            assert http.post(TEXT, json={"prompt": "a", "max_tokens": 1}).status_code == 200
        assert _ended_in_the_middle(narrow) == 0


def _ended_in_the_middle(served: Served) -> int:
    """The exit status after a signal, an answer being written."""
    thread = threading.Thread(target=_read_to_the_end, args=(served,))
    thread.start()
    until(lambda: served.figure("running") == 1)
    status = served.stop()
    thread.join()
    return status


def _read_to_the_end(served: Served) -> None:
    with raw_request(served, CHAT, json.dumps({**ENDLESS, "stream": True}).encode()) as sock:
        while sock.recv(65536):
            pass
