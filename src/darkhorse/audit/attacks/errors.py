"""Provokes errors, and reads who speaks: shapes, words, statuses, and errors inside streams."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from darkhorse.attribution.client.answer import walk
from darkhorse.attribution.client.asking import PATHS
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.reply import Reply
from darkhorse.attribution.forms.wordings import who_says
from darkhorse.audit.attack import exhibit, unanswered, untested
from darkhorse.audit.attacks.bad_requests import BAD, Bad, body_of
from darkhorse.audit.gathering import Gathering, muted
from darkhorse.audit.neutral_errors import BEHIND, PASSING, SHAPES, STATUSES, TYPES
from darkhorse.audit.tells import Wanted, rarities, sentences, strings, trace_in
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["Errors"]

_LAST = 500  # characters of a stream that an exhibit shows


class Told(Struct, frozen=True):
    """A wrong request and its answer."""

    bad: Bad
    reply: Reply

    @property
    def asked(self) -> str:
        """For people."""
        where = self.bad.path or PATHS[self.bad.dialect]
        return f"{self.bad.method} {where}: {self.bad.name}"

    @property
    def error(self) -> dict[str, Any] | None:
        """The object that says what went wrong, wherever the answer has it."""
        found = (each for each in self.reply.objects if "error" in each)
        return next(found, None)

    @property
    def message(self) -> str:
        """Its words; all of the answer where they are not in their place."""
        inner = (self.error or {}).get("error")
        message = inner.get("message") if isinstance(inner, dict) else inner
        return message if isinstance(message, str) else self.reply.text

    def exhibit(self, door: str = "public") -> Exhibit:
        """The answer, for people."""
        said = f"{self.reply.status} {self.reply.reason}\n{self.reply.text}"
        return exhibit("raw" if door == "raw" else "public", self.asked, said)


class Reading(Struct, frozen=True):
    """All answers; `names`: who made the model, as far as the door knows."""

    told: tuple[Told, ...]
    names: tuple[str, ...]
    known: tuple[str, ...]  # what we said ourselves


class Errors:
    """About sixty wrong requests, and a few good ones."""

    name = "errors"
    channels = ("error-bodies", "status-codes", "stream-errors")
    calls = len(BAD)

    async def read(self, door: Door) -> Reading:
        """Ask wrongly, in every dialect that the door speaks."""
        cases = [bad for bad in BAD if bad.dialect in door.dialects]
        replies = await asyncio.gather(*(_send(door, bad) for bad in cases))
        sent = (body_of(bad, "").decode("latin-1") for bad in cases)
        known = (door.model, door.host, door.url, *sent)
        told = tuple(Told(bad, reply) for bad, reply in zip(cases, replies, strict=True))
        return Reading(told, door.names.all, known)

    def judge(self, raw: Reading | None, public: Reading) -> Iterable[Finding]:
        """Is each error ours in status, shape and words?"""
        failed = [told for told in public.told if told.reply.status >= 400]
        if not failed:
            silent = muted(told.reply.status for told in public.told)
            say = unanswered if silent else untested
            why = silent or "no wrong request was refused"
            return [say(name, why) for name in self.channels]
        gathering = Gathering()
        hidden = _Hidden(raw, public)
        states = {told.reply.status for told in public.told if 200 in told.bad.statuses}
        passing = (PASSING & states) | {429} if states.isdisjoint({200}) else frozenset({429})
        for told in public.told:
            _judge_status(gathering, told, passing)
            if told.reply.status >= 400:
                _judge_body(gathering, told, hidden)
        before = _before(raw)
        unless = muted(told.reply.status for told in public.told)
        return [
            *gathering.findings(
                "error-bodies",
                f"{len(failed)} errors, all in neutral words and shapes",
                before,
                unless=unless,
            ),
            *gathering.findings(
                "status-codes",
                f"{len(failed)} errors, all of the neutral table's statuses",
                unless=unless,
            ),
            *_judge_streams(public, hidden),
        ]


async def _send(door: Door, bad: Bad) -> Reply:
    body = b"" if bad.method == "GET" else body_of(bad, door.model, door.limit_name)
    credentials = {
        "own": door.credentials,
        "none": (),
        "wrong": ("authorization: Bearer sk-nobody-has-this-one",),
    }[bad.key]
    lines = [*credentials, *bad.headers]
    if bad.method != "GET":
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    target = door.base + (bad.path or PATHS[bad.dialect])
    return await door.send(door.head(bad.method, target, *lines) + body)


class _Hidden:
    """What the raw door says of itself, and the public one must not."""

    def __init__(self, raw: Reading | None, public: Reading) -> None:
        told = raw.told if raw else ()
        known = (*(raw.known if raw else ()), *public.known)
        self.rare = rarities((each.reply for each in told if each.reply.status >= 400), known)
        refusals = (each.message for each in told if each.error)
        self.sentences = frozenset().union(*map(sentences, refusals))
        self.wanted = Wanted((*(raw.names if raw else ()), *public.names))

    def name_in(self, text: str) -> str:
        """A name or a word that only the endpoint knows, or nothing."""
        return self.wanted.find(text) or next(
            (word for word in sorted(self.rare) if word in text), ""
        )


def _judge_status(gathering: Gathering, told: Told, passing: frozenset[int]) -> None:
    """`passing`: what the front just now says to anybody."""
    status = told.reply.status
    if told.reply.ok and told.error and not told.reply.is_stream:
        gathering.add("status-codes/error-in-200", "an error under status 200", told.exhibit())
        return
    behind = BEHIND | PASSING if 200 in told.bad.statuses else passing
    if status == 0 or status in told.bad.statuses or status in behind:
        return
    if status < 400:
        if not told.reply.ok:
            gathering.add("status-codes/unknown", f"a status {status}", told.exhibit())
    elif status not in STATUSES:
        gathering.add("status-codes/unknown", f"{status} is no neutral status", told.exhibit())
    else:
        due = " or ".join(str(each) for each in told.bad.statuses)
        gathering.add(
            "status-codes/unlike", f"{status} where a neutral API says {due}", told.exhibit()
        )


def _judge_body(gathering: Gathering, told: Told, hidden: _Hidden) -> None:
    """Each error has one finding at most: the one that says most."""
    for what, sentence in _tells(told, hidden):
        gathering.add(f"error-bodies/{what}", sentence, told.exhibit())
        return


def _tells(told: Told, hidden: _Hidden) -> Iterator[tuple[str, str]]:
    """What an error tells, the worst first."""
    text = told.reply.text
    dialect = told.bad.dialect
    if name := hidden.name_in(text):
        yield "names", f"it says `{name}`, which only the endpoint knows"
    own = told.message if _is_neutral(told.error, dialect) else text
    if who := next((each.who for each in _speakers(own, told.message)), ""):
        yield "wording", f"the words are those of {who}"
    if inside := trace_in(told.message):
        yield "trace", f"it shows {inside[0]}: {inside[1][:80]}"
    if sentences(told.message) & hidden.sentences:
        yield "wording", "the words are the endpoint's own"
    if problem := _shape_problem(told.error, dialect, told.reply):
        yield "shape", problem


def _speakers(*texts: str) -> Iterator[Any]:
    for text in texts:
        yield from who_says(text)


def _is_neutral(error: dict[str, Any] | None, dialect: str) -> bool:
    return error is not None and {path for path, _ in walk(error)} <= SHAPES[dialect]


def _shape_problem(error: dict[str, Any] | None, dialect: str, reply: Reply) -> str:
    """How the error's object differs from the neutral one; empty where it does not."""
    if error is None:
        is_empty = not reply.body
        return "an error without a body" if is_empty else "an error that is no JSON object of ours"
    if not reply.header("content-type").lower().startswith("application/json"):
        return f"an error as {reply.header('content-type') or 'no content type'}"
    if strange := sorted({path for path, _ in walk(error)} - SHAPES[dialect]):
        return f"fields of somebody: {', '.join(strange[:4])}"
    if not isinstance(error["error"], dict):
        return "an error that is no object"
    return _type_problem(error["error"], dialect)


def _type_problem(inner: dict[str, Any], dialect: str) -> str:
    if dialect == "messages":
        said = inner.get("error_type", "server")
    else:
        metadata = inner.get("metadata")
        told = metadata if isinstance(metadata, dict) else {}
        said = told.get("error_type", "server")
        if "code" in inner and type(inner["code"]) is not int:
            return "a code that is no status"
    return "" if said in TYPES else f"an error type of somebody: {said}"


def _judge_streams(public: Reading, hidden: _Hidden) -> Iterable[Finding]:
    """Errors inside streams of status 200."""
    streams = [told for told in public.told if told.bad.stream and told.reply.ok]
    broken = [told for told in streams if told.error]
    if not broken:
        why = f"no stream broke: {len(streams)} flowed to their end, the others were refused before"
        return [untested("stream-errors", why)]
    gathering = Gathering()
    for told in broken:
        if problem := _stream_problem(told, hidden):
            gathering.add(f"stream-errors/{problem[0]}", problem[1], _last_words(told))
    said = f"{len(broken)} streams broke, all in neutral words"
    return gathering.findings("stream-errors", said)


def _stream_problem(told: Told, hidden: _Hidden) -> tuple[str, str] | None:
    """What the error in a stream tells, the worst first; None where it tells nothing."""
    return next(_stream_problems(told, hidden), None)


def _stream_problems(told: Told, hidden: _Hidden) -> Iterator[tuple[str, str]]:
    error = told.error or {}
    usual, paths = _good_events(told)
    if (name := hidden.name_in("\n".join(strings(error)))) and name not in usual:
        yield "names", f"the error says `{name}`, which only the endpoint knows"
    if who := next((each.who for each in who_says(told.message)), ""):
        yield "wording", f"the words are those of {who}"
    if inside := trace_in(told.message):
        yield "trace", f"it shows {inside[0]}: {inside[1][:80]}"
    if strange := sorted({path for path, _ in walk(error)} - SHAPES["stream"] - paths):
        yield "shape", f"fields of somebody: {', '.join(strange[:4])}"
    if not isinstance(error.get("error"), dict):
        yield "shape", "an error that is no object"
    elif problem := _type_problem(error["error"], told.bad.dialect):
        yield "shape", problem
    if told.reply.text.rstrip().endswith("[DONE]"):
        yield "grammar", "`[DONE]` after an error"


def _good_events(told: Told) -> tuple[str, frozenset[str]]:
    """What the events say that are no errors, the choices left out, and which fields they have.

    What stands in every event is no tell of errors: others read it.
    """
    good = [each for each in told.reply.objects if "error" not in each]
    around = ({key: item for key, item in each.items() if key != "choices"} for each in good)
    said = "\n".join(text for each in around for text in strings(each))
    return said, frozenset(path for each in good for path, _ in walk(each))


def _last_words(told: Told) -> Exhibit:
    return exhibit("public", told.asked, told.reply.text[-_LAST:])


def _before(raw: Reading | None) -> str:
    """What the raw door's errors say of it."""
    if raw is None:
        return ""
    failed = [told for told in raw.told if told.reply.status >= 400]
    who = sorted({each.who for told in failed for each in _speakers(told.reply.text)})
    said = f"{len(failed)} errors"
    return f"{said}, in the words of {', '.join(who)}" if who else f"{said}, in words of its own"
