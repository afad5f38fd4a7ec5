"""What of a request comes into the log, and what never."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.api.visits import RequestLine, Visit, Visits, visit_of
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import (
    ClientGone,
    DarkhorseError,
    Internal,
    RateLimited,
    Unauthorized,
    UnknownModel,
)
from darkhorse.base.ids import RandomIds
from darkhorse.base.settings import LogSettings
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.wire.chunks import Usage

HASH = "0123456789abcdef" * 4
KNOWN = {"pony": "stealth/pony", "stealth/pony": "stealth/pony"}


class Desk:
    """Visits with an ear at what they say and count."""

    def __init__(self, requests: str) -> None:
        self.refused: list[tuple[str, str]] = []
        self.records: list[logging.LogRecord] = []
        self.visits = Visits(
            LogSettings(requests=requests),
            SystemClock(),
            RandomIds(),
            slug_of=lambda name: KNOWN.get(name, ""),
            refused=lambda *which: self.refused.append(which),
        )

    @property
    def lines(self) -> list[RequestLine]:
        return [record.msg for record in self.records]

    def open(self, path: str = "/v1/x", *headers: tuple[bytes, bytes]) -> Visit:
        scope = {"method": "POST", "path": path, "raw_path": path.encode(), "headers": headers}
        visit = self.visits.open(scope)
        assert visit_of(scope) is visit
        visit.key = HASH
        return visit

    def fail(self, error: DarkhorseError, requested: str = "", *, seeks: bool = True) -> Visit:
        visit = self.open()
        visit.error = error
        error.requested = requested
        self.visits.close(visit, seeks_generation=seeks)
        return visit

    def generate(self, number: int = 1, **end: object) -> Visit:
        visit = self.open("/v1/chat/completions")
        visit.begin(f"gen-{number}", "stealth/pony")
        self.visits.close(visit, seeks_generation=True)
        self.visits.ended(start(number), ended(number, **end))
        return visit


def start(number: int) -> StartRecord:
    return StartRecord(
        id=f"gen-{number}",
        at_us=1,
        listing="stealth/pony",
        dialect="chat",
        streamed=True,
        key=HASH,
        prompt_tokens=7,
    )


def ended(number: int, **fields: object) -> EndRecord:
    return EndRecord(**{"id": f"gen-{number}", "at_us": 2, "outcome": "done", **fields})


@contextmanager
def heard(desk: Desk) -> Iterator[Desk]:
    """The desk hears what is logged."""
    logger = logging.getLogger("darkhorse.api.visits")
    handler, level = logging.Handler(), logger.level
    handler.emit = desk.records.append
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield desk
    logger.setLevel(level)
    logger.removeHandler(handler)


@pytest.fixture
def desk_of() -> Iterator[Callable[[str], Desk]]:
    with ExitStack() as stack:
        yield lambda requests: stack.enter_context(heard(Desk(requests)))


def test_a_generation_has_one_line_with_its_id(desk_of):
    desk = desk_of("all")
    desk.generate(usage=Usage(prompt=7, completion=9), first_token_ms=1.5)
    (line,) = desk.lines
    assert (line.request_id, line.generation, line.listing) == ("gen-1", "gen-1", "stealth/pony")
    assert (line.status, line.outcome, line.streamed) == (200, "done", True)
    assert (line.prompt_tokens, line.completion_tokens, line.first_token_ms) == (7, 9, 1.5)
    assert line.key == HASH[:8]


def test_a_generation_without_usage_still_has_its_prompt(desk_of):
    desk = desk_of("all")
    desk.generate(outcome="failed", status=503, error_type="provider_overloaded")
    assert (desk.lines[0].prompt_tokens, desk.lines[0].completion_tokens) == (7, None)
    assert desk.lines[0].error_type == "provider_overloaded"


def test_a_generation_may_end_long_after_its_connection(desk_of):
    desk = desk_of("all")
    visit = desk.open()
    visit.begin("gen-1", "stealth/pony")
    visit.error = ClientGone()
    desk.visits.close(visit, seeks_generation=True)
    assert desk.lines == []
    assert desk.refused == []
    assert desk.visits.running() == {"stealth/pony": 1}
    end = ended(1, outcome="cancelled", status=499, error_type="cancelled")
    desk.visits.ended(start(1), end)
    assert [line.outcome for line in desk.lines] == ["cancelled"]
    assert desk.visits.running() == {}


def test_a_generation_from_elsewhere_has_no_line(desk_of):
    desk = desk_of("all")
    desk.visits.ended(start(5), ended(5))
    assert desk.lines == []


@pytest.mark.parametrize(
    ("requests", "told"),
    [("none", []), ("problems", [400, 499, 502]), ("all", [200, 400, 499, 502])],
)
def test_which_requests_have_a_line(desk_of, requests, told):
    desk = desk_of(requests)
    for number, status in enumerate((200, 400, 499, 502)):
        desk.generate(number, status=status)
    assert [line.status for line in desk.lines] == told


@pytest.mark.parametrize(
    ("requests", "told"),
    [("none", []), ("problems", [404, 502]), ("all", [200, 307, 404, 502])],
)
def test_which_answers_without_a_generation_have_a_line(desk_of, requests, told):
    desk = desk_of(requests)
    for status in (200, 307, 404, 502):
        visit = desk.open("/v1/models")
        visit.status = status
        desk.visits.close(visit, seeks_generation=False)
    assert [line.status for line in desk.lines] == told
    assert not any(line.streamed for line in desk.lines)
    assert desk.refused == []


def test_a_long_path_is_cut_and_what_is_unprintable_is_a_mark(desk_of):
    desk = desk_of("all")
    for path in ("/" + "x" * 300, "/a\x00b c"):
        desk.visits.close(desk.open(path), seeks_generation=False)
    assert [line.path for line in desk.lines] == ["/" + "x" * 199, "/a?b?c"]


@pytest.mark.parametrize(
    ("error", "outcome", "level"),
    [
        (Unauthorized(), "refused", "INFO"),
        (RateLimited(), "refused", "INFO"),
        (ClientGone(), "cancelled", "INFO"),
        (Internal(), "failed", "WARNING"),
    ],
)
def test_what_never_began(desk_of, error, outcome, level):
    desk = desk_of("problems")
    visit = desk.fail(error)
    (line,) = desk.lines
    assert (line.request_id, line.generation) == (visit.id, "")
    assert visit.id.startswith("req-")
    assert (line.status, line.outcome) == (error.status, outcome)
    assert line.error_type == error.error_type
    assert desk.records[0].levelname == level
    assert desk.refused == [("", error.error_type)]


@pytest.mark.parametrize(
    ("asked", "slug"), [("pony", "stealth/pony"), ("stealth/pony", "stealth/pony"), ("CANARY", "")]
)
def test_only_a_public_name_is_a_listing(desk_of, asked, slug):
    desk = desk_of("problems")
    desk.fail(UnknownModel(), asked)
    assert desk.lines[0].listing == slug
    assert desk.refused == [(slug, "invalid_request")]


def test_only_who_seeks_a_generation_can_be_refused_one(desk_of):
    desk = desk_of("problems")
    desk.fail(UnknownModel(), "pony", seeks=False)
    assert desk.refused == []
    assert len(desk.lines) == 1


def test_the_id_is_put_into_the_headers_of_other_answers(desk_of):
    desk = desk_of("all")
    visit = desk.open("/v1/models")
    sent: list[dict] = []

    async def send(message):
        sent.append(message)

    async def answer():
        send_on = visit.heard(send)
        await send_on({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
        await send_on({"type": "http.response.body", "body": b"x"})

    asyncio.run(answer())
    desk.visits.close(visit, seeks_generation=False)
    assert sent[0]["headers"] == [(b"a", b"b"), (b"x-request-id", visit.id.encode())]
    assert sent[1]["body"] == b"x"
    assert [(line.request_id, line.status) for line in desk.lines] == [(visit.id, 200)]


def test_a_key_where_it_does_not_belong_is_not_repeated(desk_of):
    desk = desk_of("all")
    key = "sk-dh-" + "aB3" * 16
    visit = desk.open(f"/v1/{key}/x", (b"x-request-id", f"id-{key}".encode()))
    desk.visits.close(visit, seeks_generation=False)
    (line,) = desk.lines
    assert (line.path, line.client_request_id) == ("/v1/sk-/x", "id-sk-")


@given(path=st.binary(max_size=2000), given_id=st.binary(max_size=2000))
def test_a_strangers_words_are_short_and_printable(path, given_id):
    desk = Desk("all")
    scope = {
        "method": "GET",
        "path": "/",
        "raw_path": b"/" + path,
        "headers": [(b"x-request-id", given_id)],
    }
    with heard(desk):
        desk.visits.close(desk.visits.open(scope), seeks_generation=False)
    (line,) = desk.lines
    assert re.fullmatch("[!-~]{1,200}", line.path)
    assert re.fullmatch("[!-~]{0,64}", line.client_request_id)
