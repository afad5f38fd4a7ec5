"""An upstream whose every word is a payload."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from browser.payloads import in_header, payload

__all__ = ["Villain"]


class Villain:
    """Listens on loopback. The model's name says how: `talks`, `calls`, `refuses`, `breaks`."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        how = asked["model"].partition("?")[0]
        if how == "refuses":
            error = {
                "message": payload("error message"),
                "type": payload("error type"),
                "code": 500,
            }
            self._say(503, json.dumps({"error": error}).encode(), "application/json")
        elif asked.get("stream"):
            body = b"".join(b"data: %s\n\n" % json.dumps(each).encode() for each in _events(how))
            end = b"" if how == "breaks" else b"data: [DONE]\n\n"
            self._say(200, body + end, "text/event-stream")
        else:
            self._say(200, json.dumps(_whole(how)).encode(), "application/json")

    def _say(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", in_header("upstream header"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _message(how: str) -> dict[str, Any]:
    said = {
        "role": "assistant",
        "content": payload("answer"),
        "reasoning_content": payload("thoughts"),
    }
    if how != "calls":
        return said
    function = {"name": "look_up", "arguments": json.dumps({"x": payload("arguments")})}
    call = {"index": 0, "id": payload("call id"), "type": "function", "function": function}
    return said | {"tool_calls": [call]}


def _whole(how: str) -> dict[str, Any]:
    finish = "tool_calls" if how == "calls" else "stop"
    choice = {"index": 0, "message": _message(how), "finish_reason": finish}
    return _wrapped({"choices": [choice], "usage": {"prompt_tokens": 3, "completion_tokens": 5}})


def _events(how: str) -> list[dict[str, Any]]:
    finish = "tool_calls" if how == "calls" else payload("finish")
    first = {"index": 0, "delta": _message(how), "finish_reason": None}
    last = {"index": 0, "delta": {}, "finish_reason": finish}
    if how == "breaks":
        return [_wrapped({"choices": [first]}), {"error": {"message": payload("late error")}}]
    return [_wrapped({"choices": [each]}) for each in (first, last)]


def _wrapped(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": payload("upstream id"),
        "object": "chat.completion",
        "model": payload("upstream model"),
        "created": 1,
        "system_fingerprint": payload("fingerprint"),
        **body,
    }
