"""What a start prints once it serves: a card for people, one JSON line for programs."""

import json
import shlex

import click
from msgspec import Struct

from darkhorse.base.secret import Secret

__all__ = ["Card", "address"]


def address(host: str, port: int) -> str:
    """The URL to reach a socket bound to `host`; loopback where that means every address."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)  # noqa: S104 read, not bound
    name = reachable or (f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


class Card(Struct, frozen=True, kw_only=True):
    """Where a run is, and the keys to it: the only place that reveals them."""

    url: str
    developer: Secret
    management: Secret
    pid: int
    data: str
    model: str | None  # a name of the newest live launch
    is_demonstration: bool = False  # is that one there to be tried?
    desk: str = ""  # the desk's address; empty: there is none
    desk_link: str = ""  # opens it, once: at the first start

    def as_json(self) -> str:
        """One line."""
        return json.dumps(
            {
                "url": self.url,
                "key": self.developer.reveal(),
                "management_key": self.management.reveal(),
                "pid": self.pid,
                "data": self.data,
                **({"desk": self.desk} if self.desk else {}),
                **({"desk_link": self.desk_link} if self.desk_link else {}),
            }
        )

    def as_text(self) -> str:
        """The card, with colours that click takes away where there is no terminal."""
        rows = (
            ("developer key", self.developer.reveal()),
            ("management key", self.management.reveal()),
            *self._desk(),
            ("data", self.data),
            ("stop", f"Ctrl-C, or kill {self.pid}"),
        )
        lines = [f"  {name:<16}{value}" for name, value in rows]
        head = click.style(f"Darkhorse serves at {self.url}", bold=True)
        return "\n".join(("", head, "", *lines, "", *self._next()))

    def _desk(self) -> tuple[tuple[str, str], ...]:
        if not self.desk:
            return ()
        if self.desk_link:
            return (("desk", f"{self.desk_link} (opens once, within ten minutes)"),)
        return (("desk", f"{self.desk} (`darkhorse desk` prints a link into it)"),)

    def _next(self) -> tuple[str, ...]:
        if self.model is None:
            return ("No launch is live: `darkhorse launch go-live SLUG` makes one answer.", "")
        told = (f"{self.model} is a demonstration: it went live without an audit.", "")
        return (*(told if self.is_demonstration else ()), "Try it:", "", self._curl(), "")

    def _curl(self) -> str:
        body = {
            "model": self.model,
            "max_tokens": 4096,
            "messages": [{"role": "user", "content": "Hello! Who are you?"}],
        }
        return " \\\n  ".join(
            (
                f"curl {self.url}/api/v1/chat/completions",
                f'-H "Authorization: Bearer {self.developer.reveal()}"',
                '-H "Content-Type: application/json"',
                f"-d {shlex.quote(json.dumps(body))}",
            )
        )
