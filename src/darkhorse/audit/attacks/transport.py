"""Speaks bad HTTP, and reads whose server answers: pages, reasons, headers, dates, versions."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from msgspec import Struct

from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.reply import Reply
from darkhorse.attribution.forms.wordings import who_says
from darkhorse.audit.attack import exhibit, unanswered, untested
from darkhorse.audit.attacks.bad_lines import Line, lines
from darkhorse.audit.gathering import Gathering, muted
from darkhorse.audit.neutral_errors import SHAPES
from darkhorse.audit.tells import mask, trace_in
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["Transport"]

_NAME = "transport"
_PATIENCE_S = 1.0  # many servers wait for a body that was announced; that tells nothing
_LONG_S = 15.0
_DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\Z")
_HEADERS = frozenset(
    {
        *("date", "content-type", "content-length", "connection", "transfer-encoding", "allow"),
        *("x-request-id", "x-generation-id", "retry-after", "cache-control", "vary"),
        *("content-security-policy", "x-content-type-options", "x-frame-options"),
        *("cross-origin-opener-policy", "cross-origin-resource-policy"),
        *("referrer-policy", "access-control-allow-origin", "access-control-allow-methods"),
        *("access-control-allow-headers", "access-control-max-age"),
        "access-control-expose-headers",
    }
)
_ALSO = {408: "Request Timeout", 413: "Content Too Large", 422: "Unprocessable Content"}
"""Reasons that a later RFC has put in place of those of `http`."""
_BARE = frozenset(
    {
        *("not found", "bad request", "method not allowed", "internal server error", "404", "400"),
        *("request timeout", "request entity too large", "payload too large", "forbidden"),
    }
)
"""Whole bodies that web frameworks have by themselves."""


class Spoken(Struct, frozen=True):
    """A request's bytes and what came back."""

    line: Line
    reply: Reply

    @property
    def exhibit(self) -> Exhibit:
        """The answer, for people."""
        asked = self.line.sent[:120].decode("latin-1")
        return exhibit("public", asked, self.reply.raw.decode("latin-1"))


Reading = tuple[Spoken, ...]


class Transport:
    """Some thirty requests, most of them no good HTTP."""

    name = _NAME
    channels = (_NAME,)
    calls = 29

    async def read(self, door: Door) -> Reading:
        """Send them; who waits for more is not waited for."""
        sent = tuple(lines(door))
        replies = await asyncio.gather(*(_send(door, each) for each in sent))
        return tuple(Spoken(line, reply) for line, reply in zip(sent, replies, strict=True))

    def judge(self, raw: Reading | None, public: Reading) -> Iterable[Finding]:
        """Is each answer that of one and the same neutral front?"""
        good = public[0]
        if not good.reply.ok:
            said = f"a good request was not answered: {good.reply.problem or good.reply.status}"
            return [(unanswered if muted([good.reply.status]) else untested)(_NAME, said)]
        there = {each.line.name: each.reply for each in raw or ()}
        gathering = Gathering()
        answered = [each for each in public if each.reply.status]
        for spoken in answered:
            theirs = there.get(spoken.line.name)
            for what, said in _tells(spoken, good.reply, theirs):
                gathering.add(f"{_NAME}/{what}", f"{spoken.line.name}: {said}", spoken.exhibit)
        said = f"{len(answered)} odd requests, answered by one front in neutral words"
        unless = muted(each.reply.status for each in public if not each.line.waits)
        return gathering.findings(_NAME, said, _before(raw), unless=unless)


async def _send(door: Door, line: Line) -> Reply:
    long = max(_LONG_S, door.patience_s / 4)  # it queues with the others
    try:
        async with asyncio.timeout(_PATIENCE_S if line.waits else long):
            return await door.send(line.sent)
    except TimeoutError:
        return Reply(problem="it waits")


def _tells(spoken: Spoken, good: Reply, theirs: Reply | None) -> Iterator[tuple[str, str]]:
    reply = spoken.reply
    if said := _page_problem(spoken, theirs):
        yield "page", said
    if said := _head_problem(reply, good):
        yield "head", said
    if strange := _strange_headers(reply, good):
        yield "headers", f"headers that only this answer has: {', '.join(strange)}"


def _page_problem(spoken: Spoken, theirs: Reply | None) -> str:
    """Whose page or words an error has; empty where they are neutral."""
    reply = spoken.reply
    text = reply.text.strip()
    if reply.status < 400 or not text or _is_neutral(reply):
        return ""
    if who := next((each.who for each in who_says(text)), ""):
        return f"a page of {who}"
    if text.lower() in _BARE:
        return f"a framework's own words, `{text}`"
    if theirs and theirs.status == reply.status and mask(theirs.text.strip()) == mask(text):
        return "the endpoint's own words"
    if spoken.line.api:
        return "an error that is none of the API's"
    inside = trace_in(text) if "html" not in reply.header("content-type") else None
    return f"it shows {inside[0]}: {inside[1]}" if inside else ""


def _is_neutral(reply: Reply) -> bool:
    body = reply.json
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or set(body) != {"error"}:
        return False
    return {f"error.{key}" for key in error} <= SHAPES["chat"]


def _head_problem(reply: Reply, good: Reply) -> str:
    """What of the status line and the form of the headers is another server's."""
    if reply.version != "HTTP/1.1":
        return f"it speaks {reply.version}"
    if reply.reason not in _reasons(reply.status):
        return f"status {reply.status} is called `{reply.reason}`"
    date = reply.header("date")
    if date and not _DATE.match(date):
        return f"a date of another form, {date}"
    if _case(reply) - _case(good):
        return "header names are written otherwise than in good answers"
    return ""


def _reasons(status: int) -> tuple[str, ...]:
    try:
        usual = HTTPStatus(status).phrase
    except ValueError:
        return ("",)
    return (usual, _ALSO.get(status, usual))


def _case(reply: Reply) -> frozenset[str]:
    """How header names are written."""
    forms = {"lower": str.islower, "Title": str.istitle, "UPPER": str.isupper}
    names = [name for name, _ in reply.headers]
    return frozenset(form for form, is_it in forms.items() if any(map(is_it, names)))


def _strange_headers(reply: Reply, good: Reply) -> list[str]:
    """Headers of nobody's contract that good answers do not have."""
    usual = _HEADERS | {name.lower() for name, _ in good.headers}
    return sorted({name.lower() for name, _ in reply.headers} - usual)


def _before(raw: Reading | None) -> str:
    if raw is None:
        return ""
    said = [each.reply.text for each in raw if each.reply.status >= 400]
    who = sorted({each.who for text in said for each in who_says(text)})
    server = next((s for each in raw if (s := each.reply.header("server"))), "")
    names = [*who, *([server] if server else [])]
    return f"its answers are those of {', '.join(names)}" if names else "answers of its own"
