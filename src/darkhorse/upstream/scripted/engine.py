"""Request in, script out: the routes of the scripted engine. Knows no socket."""

import logging
from collections import Counter
from collections.abc import Callable

import msgspec

from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.asked import MESSAGES, Asked, read
from darkhorse.upstream.scripted.book import ScenarioError, Wish
from darkhorse.upstream.scripted.delivery import whole
from darkhorse.upstream.scripted.embeddings import EmbeddingsAsked, embeddings
from darkhorse.upstream.scripted.imitations.front import PREFIX, visit
from darkhorse.upstream.scripted.measured import NOTHING, Measured
from darkhorse.upstream.scripted.plant import CREATED, JsonObject, Plant
from darkhorse.upstream.scripted.prefixes import Prefixes
from darkhorse.upstream.scripted.prompts import prompt_tokens
from darkhorse.upstream.scripted.registry import IMITATIONS, SCENARIOS, find
from darkhorse.upstream.scripted.rendering import json_bytes
from darkhorse.upstream.scripted.seen import Request, SeenLog
from darkhorse.upstream.scripted.steps import Script, compile_script
from darkhorse.upstream.scripted.window import Overrun, too_long

__all__ = ["Engine"]

log = logging.getLogger(__name__)

_CACHED_SCRIPTS = 512


class Engine:
    """Chooses the script for each request; keeps the log, and counts for scenarios that count."""

    def __init__(self, canary: str, measured: Measured = NOTHING) -> None:
        self.seen = SeenLog()
        self._plant = Plant(canary)
        self._scripts: dict[tuple[str, bool], Script] = {}
        self._counts: Counter[str] = Counter()
        self._prefixes = Prefixes()
        self._measured = measured
        self._routes: dict[tuple[bytes, str], Callable[[Request], Script]] = {
            (b"POST", "/v1/chat/completions"): self._chat,
            (b"POST", MESSAGES): self._chat,
            (b"POST", "/v1/embeddings"): self._embed,
            (b"GET", "/v1/models"): self._models,
            (b"GET", "/health"): self._health,
            (b"GET", "/seen"): self._show_seen,
            (b"DELETE", "/seen"): self._forget,
        }

    def script(self, request: Request) -> Script:
        """What to play for a request. Never raises for anything a client can send."""
        path = request.path
        if path.startswith(PREFIX):
            return self._visit(request)
        handle = self._routes.get((request.method, path))
        if handle is not None:
            return handle(request)
        if any(path == known for _, known in self._routes):
            return self._refuse(405, f"{path} does not take that method")
        return self._refuse(404, f"nothing is at {path}")

    def _chat(self, request: Request) -> Script:
        try:
            asked = read(request)
        except msgspec.DecodeError as e:
            return self._refuse(400, f"the body is not a chat request: {e}")
        is_chat = request.path != MESSAGES
        kept = self._scripts.get((asked.model, bool(asked.stream))) if is_chat else None
        return kept or self._compile(asked, request)

    def _compile(self, asked: Asked, request: Request) -> Script:
        try:
            scenario, wish = find(asked.model)
        except ScenarioError as e:
            return self._warn(e)
        if request.path == MESSAGES and scenario.name not in IMITATIONS:
            return self._refuse(404, f"nothing is at {MESSAGES}")
        ask = self._ask(asked, request, wish)
        if refused := _too_long(ask):
            return self._plain(refused, status=400)
        try:
            steps = scenario.play(ask, **wish.arguments())
        except ScenarioError as e:
            return self._warn(e)
        script = compile_script(steps, pure=scenario.pure and not wish.shape.vocabulary)
        if script.can_cache:
            self._keep((asked.model, bool(asked.stream)), script)
        return script

    def _ask(self, asked: Asked, request: Request, wish: Wish) -> Ask:
        return asked.ask(
            request,
            wish.shape,
            plant=self._plant,
            count=self._count,
            prefixes=self._prefixes,
            measured=self._measured,
        )

    def _visit(self, request: Request) -> Script:
        """A house under a path of its own."""

        def new_ask(request: Request, wish: Wish) -> Ask:
            try:
                return self._ask(read(request), request, wish)
            except msgspec.DecodeError:
                return self._ask(Asked(model=""), request, wish)

        try:
            return compile_script(visit(request, new_ask), pure=False)
        except ScenarioError as e:
            return self._warn(e)

    def _warn(self, problem: ScenarioError) -> Script:
        log.warning("%s", problem)
        return self._refuse(404, str(problem))

    def _embed(self, request: Request) -> Script:
        """Vectors; a scenario of the statuses gives its status here, too."""
        try:
            asked = msgspec.json.decode(request.body, type=EmbeddingsAsked)
        except msgspec.DecodeError as e:
            return self._refuse(400, f"the body asks for no embeddings: {e}")
        if asked.model.startswith("status-"):
            return self._compile(Asked(model=asked.model), request)
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

    def _plain(self, content: object, *, status: int = 200) -> Script:
        answer = whole(self._plant, json_bytes(content), status=status)
        return compile_script([answer], pure=True)

    def _refuse(self, status: int, why: str) -> Script:
        """A mistake in the test, told to whoever wrote it."""
        error = self._plant.error(status)
        error["error"]["message"] = f"{self._plant.canary}: {why}"
        return self._plain(error, status=status)


def _too_long(ask: Ask) -> JsonObject | None:
    """The error of a prompt over the shape's context, which only a vocabulary can measure."""
    shape = ask.shape
    if not (shape.context and shape.vocabulary):
        return None
    overrun = Overrun(shape.context, len(prompt_tokens(ask)), ask.max_tokens or 0)
    return too_long(shape.window, overrun)
