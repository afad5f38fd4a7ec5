"""The product as people start it, over a data directory that was made before."""

import http.client
import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from live.stage import Call, eventually

__all__ = ["Answer", "House"]

_START_S = 60
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Answer(NamedTuple):
    """What came back, and under which id it is on record."""

    status: int
    body: bytes
    id: str

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class House:
    """`darkhorse up` on free ports: relay, keeper, pages, desk."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        config = folder / "darkhorse.toml"
        config.write_text("[server]\ndrain_s = 1\n[journal]\nrotate_bytes = 65536\n")
        options = ("--data", self.data, "--config", config, "--port", "0", "--desk-port", "0")
        with (folder / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "darkhorse", "up", "--json", *options],
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "UPSTREAM_KEY": "sk-upstream"},
            )
        assert self.process.stdout
        said = select.select([self.process.stdout], [], [], _START_S)[0]
        line = self.process.stdout.readline() if said else b""
        assert line, (folder / "up.log").read_text()
        card = json.loads(line)
        self.public, self.desk = card["url"].rstrip("/"), card["desk"].rstrip("/")
        self.key, self.management_key = card["key"], card["management_key"]
        self.link: str = card.get("desk_link", "")
        self.villains_key = ""  # once there is one
        self.browser = "a test"  # what its own session at the desk says of itself
        self._cookie = ""

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(_START_S)
        assert self.process.stdout
        self.process.stdout.close()

    # --- as a program calls it ---

    def post(
        self,
        path: str,
        body: Any,
        *,
        key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """To the API; `headers` are the caller's own."""
        usual = {"Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json"}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return _asked(self.public, "POST", f"/api/v1{path}", {**usual, **(headers or {})}, raw)

    def chat(
        self,
        model: str,
        text: str = "hi",
        *,
        key: str = "",
        headers: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> Answer:
        """A chat request; `fields` add to it or replace what is usual."""
        body = {"model": model, "messages": [{"role": "user", "content": text}], **fields}
        return self.post("/chat/completions", body, key=key, headers=headers)

    def hang_up(self, model: str, text: str) -> None:
        """Ask for a stream, and be gone after its first bytes."""
        body = json.dumps(
            {"model": model, "stream": True, "messages": [{"role": "user", "content": text}]}
        ).encode()
        lines = (
            "POST /api/v1/chat/completions HTTP/1.1",
            "host: localhost",
            f"authorization: Bearer {self.key}",
            f"content-length: {len(body)}",
            "",
            "",
        )
        call = Call(urlsplit(self.public).port, "\r\n".join(lines).encode() + body)
        call.read_until(b"data: {")
        call.reset()

    # --- as the operator reads it ---

    def desk_page(self, path: str) -> Answer:
        """A page of the desk, signed in with the management key."""
        return _asked(self.desk, "GET", path, {"Cookie": self._entered()}, b"")

    def desk_form(self, path: str, **fields: str) -> Answer:
        """A form of the desk, filled in and sent."""
        headers = {"Cookie": self._entered(), "Origin": self.desk, **_FORM}
        return _asked(self.desk, "POST", path, headers, urlencode(fields).encode())

    def _entered(self) -> str:
        if not self._cookie:
            self._cookie = _enter(self.desk, self.management_key, self.browser)
        return self._cookie

    def wait_until_said(self, path: str, text: str) -> None:
        """Until the keeper has read so far that a page of the desk shows it."""
        eventually(lambda: text in self.desk_page(path).text, 45)


def _asked(base: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(), answer.getheader("x-generation-id") or "")
    finally:
        connection.close()


def _enter(desk: str, key: str, browser: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(desk).netloc, timeout=60)
    try:
        headers = {"Origin": desk, "User-Agent": browser, **_FORM}
        connection.request("POST", "/enter", urlencode({"key": key}), headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 303, answer.status
        return (answer.getheader("set-cookie") or "").partition(";")[0]
    finally:
        connection.close()
