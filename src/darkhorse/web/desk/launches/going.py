"""Going live from the desk: endpoints are asked in the background, then the move is made."""

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

from darkhorse.base.errors import ConfigError, whereabouts
from darkhorse.catalog.launch import Launch
from darkhorse.launches.desk import Desk, Reason
from darkhorse.launches.inspection import Inspection
from darkhorse.web.desk.means import Inspector

__all__ = ["Going", "Goings"]

_log = logging.getLogger(__name__)


class Going:
    """One try, as its page shows it."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.state: Literal["asking", "live", "refused", "failed"] = "asking"
        self.what, self.done, self.steps = "beginning", 0, 1
        self.problem = ""
        self.inspection: Inspection | None = None
        self.task: asyncio.Task[None] | None = None

    @property
    def is_over(self) -> bool:
        """Will nothing change any more?"""
        return self.state != "asking"


class Goings:
    """The last try of each launch, in memory: what came of it is in the launch's moves."""

    def __init__(self, desk: Desk, inspector: Inspector, salt: Callable[[], str]) -> None:
        self._desk, self._inspector, self._salt = desk, inspector, salt
        self._goings: dict[str, Going] = {}

    def find(self, slug: str) -> Going | None:
        """None where nobody tried since the desk's start."""
        return self._goings.get(slug)

    def start(self, launch: Launch, reason: Reason, *, commit: bool) -> Going:
        """In the background. Raises ConfigError where one is under way.

        Call `Desk.check_go_live` before: it says at once what needs no endpoint.
        """
        slug = launch.listing.slug
        before = self.find(slug)
        if before and not before.is_over:
            raise ConfigError(f"The endpoints of {slug} are being asked already.")
        going = self._goings[slug] = Going(slug)
        salt = self._salt() if commit else ""
        going.task = asyncio.create_task(self._go(going, launch, reason, salt))
        return going

    async def _go(self, going: Going, launch: Launch, reason: Reason, salt: str) -> None:
        try:
            going.inspection = found = await self._inspector.inspect(launch, _shower(going))
            if found.level == "refuse":
                going.problem = f"{going.slug} stays {launch.life.state}: see what is refused."
                going.state = "refused"
                return
            await asyncio.to_thread(
                self._desk.go_live, launch, reason, detail=found.summary(), salt=salt
            )
            going.state = "live"
        except ConfigError as e:
            going.problem, going.state = str(e), "refused"
        except Exception as e:  # noqa: BLE001 (its text may quote what an endpoint said)
            _log.error("going live failed: %s", whereabouts(e))
            going.problem, going.state = "It failed on our side; the log says where.", "failed"


def _shower(going: Going) -> Callable[[str, int, int], None]:
    def show(what: str, done: int, steps: int) -> None:
        going.what, going.done, going.steps = what, done, max(1, steps)

    return show
