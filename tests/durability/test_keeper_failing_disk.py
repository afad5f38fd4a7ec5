"""A keeper whose disk is full or cannot sync: the relay serves, and it goes on when all is well."""

import resource

import pytest

from live.stage import chat_body, eventually

from .keeper_held import prove
from .keeper_house import furnish
from .load import Acknowledged

ALL = resource.RLIM_INFINITY
FULL = 8192  # bytes a file may have: no database and no segment grows, and the log can say so


@pytest.fixture
def house(tmp_path, scripted, nursery):
    made = furnish(tmp_path, scripted, nursery).start()
    yield made
    made.close()


def serve(house, count: int) -> list[Acknowledged]:
    """Ask; what was answered. Every third fills a journal file of its own."""
    given = []
    for turn in range(count):
        said = f"turn {turn} " + "horse " * (12_000 if turn % 3 == 0 else 10)
        body = chat_body("echo", messages=[{"role": "user", "content": said}])
        reply = house.post(body)
        assert reply.status == 200, reply.raw[:300]
        given.append(Acknowledged(reply.id, body, said, turn))
    return given


def has_failed(house, what: str) -> bool:
    return f"error keeper: {what}" in house.keeper_log.read_text()


def test_a_full_disk(house, tmp_path):
    """Full for whatever the keeper writes: segments, SQLite, and the Delta library's files."""
    given = serve(house, 6)
    resource.prlimit(house.keeper.pid, resource.RLIMIT_FSIZE, (FULL, ALL))
    given += serve(house, 6)
    eventually(lambda: has_failed(house, "The journal cannot be packed"))
    eventually(lambda: has_failed(house, "The journal cannot be folded"))
    given += serve(house, 6)
    resource.prlimit(house.keeper.pid, resource.RLIMIT_FSIZE, (ALL, ALL))
    house.rest()
    prove(house.layout, tmp_path, given)


def test_a_disk_that_cannot_sync(house, tmp_path):
    given = serve(house, 6)
    broken = house.data / "broken"
    broken.touch()
    given += serve(house, 6)
    eventually(lambda: has_failed(house, "The journal cannot be packed"))
    given += serve(house, 6)
    broken.unlink()
    house.rest()
    prove(house.layout, tmp_path, given)
