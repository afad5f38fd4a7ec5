"""Request in, script out: the routes of the scripted engine. Knows no socket."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Raw, Struct

from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.book import ScenarioError
from darkhorse.upstream.scripted.delivery import whole
from darkhorse.upstream.scripted.embeddings import EmbeddingsAsked, embeddings
from darkhorse.upstream.scripted.plant import CREATED, Plant
from darkhorse.upstream.scripted.registry import SCENARIOS, find
from darkhorse.upstream.scripted.rendering import json_bytes
from darkhorse.upstream.scripted.seen import Request, SeenLog
from darkhorse.upstream.scripted.steps import Script, compile_script

__all__ = ["Engine"]

log = logging.getLogger(__name__)

_CACHED_SCRIPTS = 512


class _Body(Struct):
    model: str
    stream: bool | None = False
    messages: Raw = Raw(b"[]")
    tools: Raw = Raw(b"[]")
    tool_choice: Raw = Raw(b"null")
    response_format: Raw = Raw(b"null")
    max_tokens: Any = None
    max_completion_tokens: Any = None

    def limit(self) -> int | None:
        """The most tokens the answer may have; None where the request does not say it well."""
        said = self.max_tokens or self.max_completion_tokens
        return said if isinstance(said, int) and said > 0 else None


class Engine:
    """Chooses the script for each request; keeps the log, and counts for scenarios that count."""

    def __init__(self, canary: str) -> None:
        self.seen = SeenLog()
        self._plant = Plant(canary)
        self._scripts: dict[tuple[str, bool], Script] = {}
        self._counts: Counter[str] = Counter()
        self._routes: dict[tuple[bytes, str], Callable[[Request], Script]] = {
            (b"POST", "/v1/chat/completions"): self._chat,
            (b"POST", "/v1/embeddings"): self._embed,
            (b"GET", "/v1/models"): self._models,
            (b"GET", "/health"): self._health,
            (b"GET", "/seen"): self._show_seen,
            (b"DELETE", "/seen"): self._forget,
        }
        self._decode = msgspec.json.Decoder(_Body).decode

    def script(self, request: Request) -> Script:
        """What to play for a request. Never raises for anything a client can send."""
        path = request.path
        handle = self._routes.get((request.method, path))
        if handle is not None:
            return handle(request)
        if any(path == known for _, known in self._routes):
            return self._refuse(405, f"{path} does not take that method")
        return self._refuse(404, f"nothing is at {path}")

    def _chat(self, request: Request) -> Script:
        try:
            asked = self._decode(request.body)
        except msgspec.DecodeError as e:
            return self._refuse(400, f"the body is not a chat request: {e}")
        key = (asked.model, bool(asked.stream))
        return self._scripts.get(key) or self._compile(asked)

    def _compile(self, asked: _Body) -> Script:
        model, stream = key = (asked.model, bool(asked.stream))
        try:
            scenario, wish = find(model)
        except ScenarioError as e:
            log.warning("%s", e)
            return self._refuse(404, str(e))
        ask = Ask(
            stream=stream,
            shape=wish.shape,
            plant=self._plant,
            messages=asked.messages,
            tools=asked.tools,
            tool_choice=asked.tool_choice,
            response_format=asked.response_format,
            max_tokens=asked.limit(),
            count=self._count,
        )
        steps = scenario.play(ask, **wish.arguments())
        script = compile_script(steps, pure=scenario.pure)
        if script.can_cache:
            self._keep(key, script)
        return script

    def _embed(self, request: Request) -> Script:
        """Vectors; a scenario of the statuses gives its status here, too."""
        try:
            asked = msgspec.json.decode(request.body, type=EmbeddingsAsked)
        except msgspec.DecodeError as e:
            return self._refuse(400, f"the body asks for no embeddings: {e}")
        if asked.model.startswith("status-"):
            return self._compile(_Body(model=asked.model))
        return self._plain(embeddings(self._plant, asked))

    def _keep(self, key: tuple[str, bool], script: Script) -> None:
        if len(self._scripts) >= _CACHED_SCRIPTS:
            self._scripts.clear()
        self._scripts[key] = script

    def _count(self, key: str) -> int:
        self._counts[key] += 1
        return self._counts[key] - 1

    def _health(self, _: Request) -> Script:
        return self._plain({"status": "ok", **self._plant.extra()})

    def _show_seen(self, _: Request) -> Script:
        return self._plain(self.seen.show())

    def _forget(self, _: Request) -> Script:
        self.seen.clear()
        self._counts.clear()
        return self._plain({"cleared": True})

    def _models(self, _: Request) -> Script:
        word = self._plant.canary
        usual = {"object": "model", "created": CREATED, "owned_by": word, **self._plant.extra()}
        data = [{"id": name, **usual} for name in SCENARIOS.scenarios]
        return self._plain({"object": "list", "data": data})

    def _plain(self, content: object) -> Script:
        return compile_script([whole(self._plant, json_bytes(content))], pure=True)

    def _refuse(self, status: int, why: str) -> Script:
        """A mistake in the test, told to whoever wrote it."""
        error = self._plant.error(status)
        error["error"]["message"] = f"{self._plant.canary}: {why}"
        return compile_script(
            [whole(self._plant, json_bytes(error), status=status)],
            pure=True,
        )
