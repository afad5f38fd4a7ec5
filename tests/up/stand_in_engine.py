"""What stands in for `darkhorse-engine serve`: its command line, its routes, no model.

DO tells it to fail: `refuse` with a sentence, `crash` without a word. It prints the name of a
maker, as engines do.
"""

import argparse
import json
import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SAID = "I stand in for an engine."
CONTEXT = 2048
NO_MODEL = "the lifted one"


class Handler(BaseHTTPRequestHandler):
    """Few routes, as the supervisor and the relay ask them."""

    def do_GET(self) -> None:
        if self.path == "/health":
            self.tell({"status": "ok"})
        elif self.admitted() and self.path == "/v1/models":
            self.tell({"data": [{"id": model, "max_model_len": CONTEXT}]})
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if not self.admitted():
            return
        if self.path == "/apply-template":
            self.tell({"prompt": "".join(m["content"] for m in body["messages"])})
        elif self.path == "/tokenize":
            self.tell({"tokens": list(range(len(body["content"]) // 4))})
        else:
            self.tell(self.completion())

    def completion(self) -> dict[str, object]:
        message = {"role": "assistant", "content": SAID}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 3, "completion_tokens": 7, "total_tokens": 10}
        return {"object": "chat.completion", "model": model, "choices": [choice], "usage": usage}

    def admitted(self) -> bool:
        allowed = self.headers.get("authorization") == f"Bearer {key}"
        if not allowed:
            self.send_error(401)
        return allowed

    def tell(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Nothing of each request."""


class Server(ThreadingHTTPServer):
    """The supervisor holds the port too, between two runs."""

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()


def say(word: str) -> None:
    with os.fdopen(int(os.environ.pop("DARKHORSE_READY_FD")), "w") as pipe:
        pipe.write(word + "\n")


options = argparse.ArgumentParser()
options.add_argument("command", choices=["serve"])
options.add_argument("model", nargs="?", default=os.environ["DARKHORSE_MODEL_FILE"] or NO_MODEL)
for name, kind in (("host", str), ("port", int), ("key-env", str), ("lift-dir", str)):
    options.add_argument(f"--{name}", type=kind, required=True)
for name in ("threads", "slots", "memory-mib"):
    options.add_argument(f"--{name}", type=int)
given = options.parse_args()
key, model = os.environ[given.key_env], given.model
print("Made by Acme Models:", model, given.memory_mib, flush=True)
if os.environ.get("DO") == "crash":
    sys.exit(3)
if os.environ.get("DO") == "refuse":
    say("failed The model is not here; fetch it.")
    sys.exit(1)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
server = Server((given.host, given.port), Handler)
say("ready")
server.serve_forever()
