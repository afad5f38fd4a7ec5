"""Between the moment all parts run and the card: the first launch, and a look at the others."""

import asyncio
import os
from contextlib import suppress

from msgspec import Struct

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.catalog.endpoint import EMBEDDED
from darkhorse.catalog.launch import Launch
from darkhorse.launches.desk import Desk
from darkhorse.launches.inquiry import Inquiry, Target, Waits
from darkhorse.launches.ratios import HonestLimits, Uncounted, honest_context, honest_limits
from darkhorse.supervise.card import Card
from darkhorse.supervise.first import open_first
from darkhorse.supervise.house import Place
from darkhorse.supervise.notices import Notices
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wiring.desk_link import new_link
from darkhorse.wiring.keys import FirstKeys
from darkhorse.wiring.model import LOG
from darkhorse.wiring.targets import note_model, note_server

__all__ = ["DeskDoor", "Opening"]

_SEEN_S = 10.0  # the longest wait for the relay to see a new launch
_LOOK_S = 0.1


class DeskDoor(Struct, frozen=True):
    """Where the desk is; new: no start before had one."""

    url: str
    is_new: bool


class Opening:
    """One start's last steps."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        place: Place,
        keys: FirstKeys,
        url: str,
        notices: Notices,
        door: DeskDoor | None = None,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._place = place
        self._keys = keys
        self._url = url
        self._notices = notices
        self._door = door

    async def card(self) -> Card:
        """Go live with the first launch if there is none, and tell how to reach it all."""
        self._note_addresses()
        launches = self._desk.launches()
        limits = await self._measured()
        if not launches and self._place.has_model:
            launches = [await self._open_first(limits)]
        elif limits:
            self._hold_against(limits, launches)
        newest = self._newest_live(launches)
        names = (*newest.listing.aliases, newest.listing.slug) if newest else (None,)
        return Card(
            url=self._url,
            developer=self._keys.developer,
            management=self._keys.management,
            pid=os.getpid(),
            data=str(self._place.data),
            model=names[0],
            is_demonstration=bool(newest and newest.private.demonstration),
            desk=self._door.url if self._door else "",
            desk_link=self._desk_link(),
        )

    def _desk_link(self) -> str:
        """At the first start alone: later ones are printed again and again, into logs too."""
        if self._door is None or not self._door.is_new:
            return ""
        try:
            return new_link(self._place.data, self._door.url, self._clock)
        except ConfigError as e:
            self._notices.say(str(e))
            return ""

    async def _measured(self) -> HonestLimits | None:
        """What the embedded model holds; None where there is none, or it does not say."""
        place = self._place
        if not place.has_model:
            return None
        target = Target(name=EMBEDDED, url=place.model_url, key=Secret(place.model_key))
        with suppress(UpstreamFault, Uncounted):
            return await honest_limits(target)
        return None

    async def _open_first(self, limits: HonestLimits | None) -> Launch:
        """With limits that were measured, so that they are true of whatever model it is."""
        if limits is None or limits.max_output < 1:
            raise ConfigError(
                "The embedded model does not tell how much it holds; see "
                f"{self._place.data / LOG}, or choose another with --model."
            )
        launch = open_first(self._desk, self._place.model_file, limits)
        await self._until_listed(launch)
        return launch

    async def _until_listed(self, launch: Launch) -> None:
        """The card's example should work at once; the relay looks for changes twice a second."""
        slug = launch.listing.slug.encode()
        server = Inquiry(Target(name="server", url=self._url), Waits())
        with suppress(TimeoutError, UpstreamFault):
            async with server, asyncio.timeout(_SEEN_S):
                while slug not in (await server.get("api/v1/models")).body:  # noqa: ASYNC110 (another process)
                    await asyncio.sleep(_LOOK_S)

    def _note_addresses(self) -> None:
        """For commands that ask the server or the engine themselves."""
        place = self._place
        try:
            note_server(place.data, self._url, os.environ)
            if place.has_model:
                note_model(place.data, place.model_url, place.model_key)
        except OSError as e:
            self._notices.say(f"{place.data}/run cannot be written ({e.strerror}).")

    def _hold_against(self, limits: HonestLimits, launches: list[Launch]) -> None:
        """Another model than at go-live may hold less than was promised."""
        most = honest_context(limits.ratios, limits.native_context, margin=0)
        for launch in launches:
            listing = launch.listing
            live = launch.life.state_at(self._clock.now_us()) == "live"
            if live and launch.private.is_embedded and listing.context > most:
                self._notices.say(
                    f"{listing.slug} promises a context of {listing.context:,} tokens, but the "
                    f"embedded model now holds {most:,} of typical text; start with the model it "
                    "went live with, or retire it."
                )

    def _newest_live(self, launches: list[Launch]) -> Launch | None:
        now = self._clock.now_us()
        live = (each for each in launches if each.life.state_at(now) == "live")
        return max(live, key=lambda each: each.life.live_us or 0, default=None)
