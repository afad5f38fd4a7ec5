"""The desk's runs over a real socket: who is asked, at which address, and how much is held."""

import asyncio
import contextlib
import json
from collections import Counter

import pytest

from darkhorse.attribution.library.library import Lab, Library, Model
from darkhorse.attribution.observation import Observation
from darkhorse.base.chance import seeded_draw
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.web.desk.order import Order
from darkhorse.wiring import desk_unmask
from darkhorse.wiring.desk_unmask import DeskInvestigator

KNOWN = Library(
    version="t",
    labs=(Lab(name="qwen", title="Alibaba"),),
    models=(Model(name="qwen/a", lab="qwen"),),
)
KEY = "sk-wired-0123456789"
SAID = "The harbour was quiet before dawn."


class Api:
    """Answers every question with the same few words, and keeps what it was sent."""

    def __init__(self, *, status="200 OK", said=SAID):
        self.heads, self.status, self.said = [], status, said

    async def serve(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            lines = dict(line.partition(": ")[::2] for line in head.lower().split("\r\n")[1:])
            await reader.readexactly(int(lines.get("content-length", 0)))
            message = {"role": "assistant", "content": self.said}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            usage = {"prompt_tokens": 9, "completion_tokens": 7, "total_tokens": 16}
            answer = {"id": "x", "object": "chat.completion", "choices": [choice], "usage": usage}
            body = json.dumps(answer).encode()
            kind = "content-type: application/json"
            writer.write(
                f"HTTP/1.1 {self.status}\r\n{kind}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        writer.close()


def order_of(url):
    return Order(url=url, model="pony", key=Secret(KEY), dialect="chat", budget="quick")


def carried_out(api, url, *, allow_private=True, addresses=("127.0.0.1",)):
    """The case and what was shown; `{port}` in the URL is the API's."""
    looked_up, shown = [], []

    async def look_up(host, port):
        looked_up.append(host)
        return addresses

    async def whole():
        server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        investigator = DeskInvestigator(
            KNOWN,
            clock=SystemClock(),
            draw=seeded_draw(1),
            allow_private=allow_private,
            look_up=look_up,
        )
        async with server:
            order = order_of(url.replace("{port}", str(port)))
            return await investigator.carry_out(order, shown.append)

    return asyncio.run(whole()), shown, looked_up


def test_the_address_that_was_looked_at_is_asked_under_its_own_name():
    api = Api()
    case, shown, looked_up = carried_out(api, "http://pony.example:{port}/v1")
    assert looked_up == ["pony.example"], "once, whatever the number of calls"
    assert len(api.heads) == case.calls > 10
    hosts = Counter(head.partition("host: ")[2].partition(":")[0] for head in api.heads)
    assert set(hosts) == {"pony.example"}
    assert case.subject.startswith("pony at http://pony.example:")
    assert (case.budget, case.library) == ("quick", "t")
    assert case.verdict.outcome == "cannot-say", "one answer to everything is nobody's"
    assert shown[-1].evidence == case.evidence
    assert max(seen.done for seen in shown) == shown[-1].about
    assert KEY not in repr(case)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "::ffff:127.0.0.1"])
def test_nothing_is_sent_into_this_house(address):
    api = Api()
    with pytest.raises(ConfigError, match="--allow-private"):
        carried_out(api, "http://pony.example:{port}/v1", allow_private=False, addresses=(address,))
    assert api.heads == []


def test_no_redirect_is_followed():
    api = Api(status="307 Temporary Redirect\r\nlocation: http://169.254.169.254/latest")
    with pytest.raises(ConfigError, match="sends elsewhere"):
        carried_out(api, "http://pony.example:{port}/v1")
    assert len(api.heads) == 1


def test_what_is_held_is_bounded(monkeypatch):
    monkeypatch.setattr(desk_unmask, "MOST_HELD", 20_000)
    case, _, _ = carried_out(Api(said=SAID * 100), "http://pony.example:{port}/v1")
    assert case.observations < 7
    assert "far more than was asked for" in " ".join(case.findings)


def test_exhibits_come_on_the_way_and_not_at_every_answer():
    shown = []

    async def whole():
        has_looked = asyncio.Event()

        def show(seen):
            shown.append(seen)
            if seen.evidence:
                has_looked.set()

        watch = desk_unmask._Watch(KNOWN, show)
        looking = asyncio.create_task(watch.look())
        for _ in range(9):
            watch.see(Observation(text=SAID, usage={"prompt_tokens": 5, "completion_tokens": 3}))
        async with asyncio.timeout(20):
            await has_looked.wait()
        watch.see(Observation(text=SAID))
        assert not watch._more.is_set(), "one answer more is no reason to look again"
        looking.cancel()

    asyncio.run(whole())
    assert len(shown) == 2


def test_pieces_count_too():
    shown = []
    watch = desk_unmask._Watch(KNOWN, shown.append)
    watch.see(Observation(pieces=("a",) * (desk_unmask.MOST_HELD // 64)))
    assert watch.findings("") != []
    assert watch.findings("no more calls")[0] == "Not all was asked: no more calls."


def test_each_budget_is_estimated():
    investigator = DeskInvestigator(KNOWN, clock=SystemClock(), draw=seeded_draw(1))
    calls = [investigator.estimates[name].calls for name in ("quick", "standard", "deep")]
    assert 0 < calls[0] <= calls[1] <= calls[2]
