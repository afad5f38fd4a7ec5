"""A relay and a hasty keeper over one data directory, to be killed and unplugged together."""

import asyncio
import random
import signal
from dataclasses import dataclass, field
from pathlib import Path

from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.index import INDEX_FILE
from darkhorse.storage.ledger.powercut import CutMode, cut_commit, cut_power
from live.stage import Relay, Scripted, eventually

from .load import Acknowledged, load
from .nursery import Child, Nursery

# Files as small as may be, so that one is always being turned, and no text index: not our matter.
SETTINGS = "[journal]\nrotate_bytes = 65536\n[ledger]\nsearch = false\n"


@dataclass
class House(Relay):
    """Processes of a nursery, on disks that note in `sidecar` what was synced."""

    nursery: Nursery = field(kw_only=True)
    kept: bool = True
    """Is there a keeper?"""

    @property
    def layout(self) -> Layout:
        return Layout(self.data)

    @property
    def sidecar(self) -> Path:
        return self.data / "synced"

    def start(self) -> "House":
        self.listener.close()
        self.listen()
        env = {"UPSTREAM_KEY": "sk-x"}
        fds = {"DARKHORSE_LISTEN_FD": self.listener.fileno()}
        self.process = self._begin("unplugged_relay", env, self.log, **fds)
        self.keeper = self._begin("hasty_keeper", {}, self.keeper_log) if self.kept else None
        for child in self._children:
            child.wait_ready()
        return self

    @property
    def _children(self) -> list[Child]:
        """The relay first, as the supervisor stops them: what it writes last is folded too."""
        return [child for child in (self.process, self.keeper) if child]

    @property
    def keeper_log(self) -> Path:
        return self.data / "keeper.log"

    def logs(self) -> str:
        return self.log.read_text() + self.keeper_log.read_text()

    def _begin(self, program: str, env: dict[str, str], log: Path, **fds: int) -> Child:
        argv = [str(each) for each in (self.data, self.config, self.sidecar)]
        return self.nursery.start(program, argv, env, log, **fds)

    def round(self, number: int, dice: random.Random) -> list[Acknowledged]:
        """Start, load, and kill both at some moment; what the clients had got by then."""
        self.start()
        return asyncio.run(self._under_load(number, dice.uniform(0.03, 0.4)))

    async def _under_load(self, number: int, seconds: float) -> list[Acknowledged]:
        clients = asyncio.create_task(load(self, number, asyncio.Event()))
        await asyncio.sleep(seconds)
        for child in reversed(self._children):
            child.kill()
        self.listener.close()  # connections still in its queue would wait for the next relay
        return await clients

    def unplug(self, dice: random.Random, mode: CutMode) -> None:
        """After a round: what is not synced is gone, as if the power had failed with it."""
        layout = self.layout
        cut_power(layout.journal, self.sidecar, dice, mode, strays=True)
        cut_power(layout.packed, self.sidecar, dice, mode, only="*.dhs", strays=True)
        cut_power(layout.table, self.sidecar, dice, mode, strays=True)
        if dice.randrange(2) and not cut_commit(layout.packed / INDEX_FILE, self.sidecar):
            cut_commit(layout.facts, self.sidecar)

    def settle(self) -> None:
        """A last start without load, until all that can be is packed, then an orderly end."""
        self.start()
        self.rest()

    def rest(self) -> None:
        """No more load: wait until all that can be is packed, and end in order."""
        eventually(lambda: len(list(self.layout.journal.glob("*.dhj"))) <= 1, 30)
        self.stop()

    def stop(self) -> int:
        codes = [child.stop() for child in self._children]
        self.listener.close()
        assert not any(codes), (codes, self.log.read_text()[-2000:])
        return 0

    def close(self) -> None:
        for child in self._children if self.process else ():
            child.stop(signal.SIGKILL)
        super().close()


def furnish(folder: Path, scripted: Scripted, nursery: Nursery, *, kept: bool = True) -> House:
    """Nothing runs yet."""
    listings = {"echo": [(scripted.url, "echo?deltas=5&batch=1")]}
    return House(folder / "data", listings, SETTINGS, nursery=nursery, kept=kept)
