"""Knocks at doors that engines, gateways and frameworks have beside their API."""

import asyncio
import json
import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.reply import Reply
from darkhorse.attribution.forms.wordings import who_says
from darkhorse.audit.attack import exhibit, unanswered
from darkhorse.audit.gathering import Gathering, muted
from darkhorse.audit.known.routes import NOWHERE, ROUTES, Route
from darkhorse.audit.neutral_errors import SHAPES
from darkhorse.audit.tells import mask, strings
from darkhorse.catalog.audits import Finding

__all__ = ["SideRoutes"]

_NAME = "side-routes"
_BODY = {"content": "hi", "prompt": "hi", "text": "hi", "name": "x", "model": "x", "max_tokens": 1}
_CLOSED = frozenset({401, 403})
_ALIVE = re.compile(rb'\{"status": ?"ok"\}\s*\Z')
_FOREIGN = {each.path for each in ROUTES} - {"/health", "/metrics", "/openapi.json"}


class Knock(Struct, frozen=True):
    """A door and its answer."""

    route: Route
    reply: Reply


class Reading(Struct, frozen=True):
    """What came of every knock; `nowhere`: what comes where nobody has a door, by method."""

    nowhere: dict[str, tuple[Reply, ...]]
    knocks: tuple[Knock, ...]


class SideRoutes:
    """Over a hundred doors, with a client's own key."""

    name = "routes"
    channels = (_NAME,)
    calls = len(ROUTES) + 2 * len(NOWHERE)

    async def read(self, door: Door) -> Reading:
        """Knock at each."""
        absent = [Route(method, path, "") for method in ("GET", "POST") for path in NOWHERE]
        all_of_them = (*absent, *ROUTES)
        replies = await asyncio.gather(*(_knock(door, route) for route in all_of_them))
        knocks = tuple(Knock(r, reply) for r, reply in zip(all_of_them, replies, strict=True))
        nowhere = {
            method: tuple(
                each.reply for each in knocks[: len(absent)] if each.route.method == method
            )
            for method in ("GET", "POST")
        }
        return Reading(nowhere, knocks[len(absent) :])

    def judge(self, raw: Reading | None, public: Reading) -> Iterable[Finding]:
        """Is every answer that of a door which is not there?"""
        if not any(each.reply.status for each in public.knocks):
            return [unanswered(_NAME, "it answers nothing at all")]
        gathering = Gathering()
        for knock in public.knocks:
            if said := _tells(knock, public):
                gathering.add(
                    f"{_NAME}/{knock.route.name}",
                    f"{knock.route.path} {said}; {knock.route.whose} has one like it",
                    exhibit(
                        "public",
                        f"{knock.route.method} {knock.route.path}",
                        f"{knock.reply.status} {knock.reply.reason}\n{knock.reply.text}",
                    ),
                )
        said = f"{len(public.knocks)} doors of engines and gateways: none is there"
        unless = muted(knock.reply.status for knock in public.knocks)
        return gathering.findings(_NAME, said, _before(raw), unless=unless)


async def _knock(door: Door, route: Route) -> Reply:
    if route.method == "GET":
        return await door.route("GET", route.path)
    body = json.dumps(_BODY).encode()
    lines = ("content-type: application/json", f"content-length: {len(body)}")
    return await door.send(door.head("POST", route.path, *door.credentials, *lines) + body)


def _tells(knock: Knock, public: Reading) -> str:
    """What the answer says of the door; empty where it is like one that is not there."""
    reply = knock.reply
    if reply.status == 0 or _looks_absent(reply, public.nowhere[knock.route.method]):
        return ""
    if reply.status == 200 and _is_own(knock):
        return ""
    if reply.status in (*_CLOSED, 405) and _is_neutral(reply.json):
        return ""  # one of the house's own, which wants a key or another verb
    return f"answers {reply.status}"


def _is_own(knock: Knock) -> bool:
    """A sign of life that says no more, or a document of an API that is nobody's."""
    if knock.route.path == "/health":
        return _ALIVE.match(knock.reply.body) is not None
    document = knock.reply.json if knock.route.path == "/openapi.json" else None
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        return False
    told = "\n".join(strings(document.get("info")))
    return not any(who_says(told)) and not _FOREIGN & set(document["paths"])


def _looks_absent(reply: Reply, nowhere: tuple[Reply, ...]) -> bool:
    """The same status and, but for ids and the path itself, the same words."""
    if reply.status == 404 and _is_neutral(reply.json):
        return True
    return any(_face(reply) == _face(each) for each in nowhere)


def _face(reply: Reply) -> tuple[int, str, str]:
    text = mask(re.sub(r"/[\w./?=-]*", "/", reply.text))
    return reply.status, reply.header("content-type").lower(), text


def _is_neutral(body: Any) -> bool:
    """An error in the neutral shape."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or set(body) != {"error"}:
        return False
    return {f"error.{key}" for key in error} <= SHAPES["chat"]


def _before(raw: Reading | None) -> str:
    if raw is None:
        return ""
    there = [each.route.path for each in raw.knocks if each.reply.ok]
    return (
        f"{len(there)} of them answer: {', '.join(there[:5])}" if there else "none of them answers"
    )
