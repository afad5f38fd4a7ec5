"""Engines that count prompt and limit together: the limit is then kept by us alone."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from darkhorse.base.errors import ContextExceeded

from .stage import Relay

FULL = {"error": {"message": "This model's maximum context length is 4096 tokens.", "code": 400}}


class _Engine(BaseHTTPRequestHandler):
    """Refuses any limit over 100 native tokens; says 400 characters otherwise."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append(asked)
        if asked.get("max_tokens", 0) > 100 or "too long" in str(asked["messages"]):
            self._answer(400, FULL)
            return
        message = {"role": "assistant", "content": "word " * 80}
        self._answer(200, {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})

    def _answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def engine():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Engine)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _nothing_asked(engine):
    engine.asked.clear()


@pytest.fixture(scope="module")
def relay(tmp_path_factory, engine):
    url = f"http://127.0.0.1:{engine.server_port}/v1"
    stage = Relay(tmp_path_factory.mktemp("native"), {"m": [(url, "m")]}).start()
    yield stage
    stage.close()


@pytest.mark.parametrize("stream", [True, False])
def test_a_limit_the_engine_cannot_keep_is_kept_here(relay, engine, stream):
    reply = relay.chat("m", max_tokens=50, stream=stream)
    assert reply.status == 200
    assert reply.text == ("word " * 80)[: 50 * 4]
    assert [asked.get("max_tokens") for asked in engine.asked] == [2313, None]
    outcomes = [attempt.outcome for attempt in relay.record(reply.id).end.attempts]
    assert outcomes == ["context", "ok"]


def test_no_limit_is_told_where_none_was_asked(relay, engine):
    assert relay.chat("m").status == 200
    assert "max_tokens" not in engine.asked[0]


def test_a_prompt_that_does_not_fit_is_told_in_our_words(relay, engine):
    reply = relay.chat("m", max_tokens=5, messages=[{"role": "user", "content": "too long"}])
    assert (reply.status, reply.json["error"]["metadata"]["error_type"]) == (
        400,
        "context_length_exceeded",
    )
    assert "4096" not in reply.raw.decode()
    assert len(engine.asked) == 2


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("path", ["responses", "messages", "completions"])
def test_it_is_told_alike_in_every_dialect(relay, path, stream):
    field = {"responses": "input", "completions": "prompt"}.get(path, "messages")
    said = [{"role": "user", "content": "too long"}] if field == "messages" else "too long"
    body = {"model": "m", "max_tokens": 5, "stream": stream, field: said}
    reply = relay.post(json.dumps(body).encode(), path=f"/api/v1/{path}")
    assert reply.status == 400
    assert reply.json["error"]["message"] == ContextExceeded.default_message
    assert "4096" not in reply.raw.decode()
