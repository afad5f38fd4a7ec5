import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
import uvloop

from darkhorse.upstream.scripted import ScriptedServer, serve


def _run(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> Iterator[ScriptedServer]:
    """A server on a loop of its own thread, as tests elsewhere may run it."""
    loop = new_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(serve("127.0.0.1", 0), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="session", params=["uvloop", "asyncio"])
def server(request: pytest.FixtureRequest) -> Iterator[ScriptedServer]:
    yield from _run(uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop)


@pytest.fixture
def port(server: ScriptedServer) -> int:
    return server.port
