"""An exception's text may hold what an upstream said: no log of ours repeats it."""

import asyncio
import logging

import pytest

from darkhorse.api.app import Api
from darkhorse.api.visits import Visits
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import whereabouts
from darkhorse.base.ids import RandomIds
from darkhorse.base.settings import LogSettings, ServerSettings
from darkhorse.wiring.server import RelayServer, log_no_text

CANARY = "CANARYMAKER"


def raised() -> Exception:
    try:
        int(CANARY)
    except ValueError as e:
        return e
    raise AssertionError


def test_whereabouts_names_the_place_alone():
    assert whereabouts(raised()).startswith("ValueError at test_silence.py:")
    assert CANARY not in whereabouts(raised())


def test_the_loop_says_nothing_of_it(caplog):
    loop = asyncio.new_event_loop()
    log_no_text(loop, {"message": "Task exception was never retrieved", "exception": raised()})
    loop.close()
    assert "ValueError" in caplog.text
    assert CANARY not in caplog.text


def test_a_route_that_breaks_is_an_opaque_500(caplog):
    class Breaking:
        async def __call__(self, *_: object) -> None:
            raise ValueError(CANARY)

    visits = Visits(LogSettings(), SystemClock(), RandomIds(), slug_of=str, refused=lambda *_: None)
    app = Api(
        generations=Breaking(),
        catalogue=Breaking(),
        operator=Breaking(),
        pages=Breaking(),
        visits=visits,
    )
    sent: list[dict] = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/v1/models", "headers": []}
    asyncio.run(app(scope, None, send))
    assert sent[0]["status"] == 500
    assert CANARY not in str(sent) + caplog.text
    assert "ValueError at" in caplog.text


@pytest.fixture
def restored_level():
    logger = logging.getLogger("uvicorn.error")
    level = logger.level
    yield logger
    logger.setLevel(level)


def test_uvicorn_prints_no_traceback(restored_level):
    RelayServer(object(), object(), ServerSettings())
    assert not restored_level.isEnabledFor(logging.ERROR)
