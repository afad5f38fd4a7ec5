"""The operator's desk: every move of a launch, noted with who, when and why."""

from collections.abc import Callable, Iterator

from msgspec import Struct, structs

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.catalog import moves
from darkhorse.catalog.audits import Audit
from darkhorse.catalog.launch import Launch, Move, subject_of
from darkhorse.catalog.moves import By, Step
from darkhorse.launches import guard
from darkhorse.launches.file import LaunchFile
from darkhorse.storage.ports import LaunchStore

__all__ = ["CLOCK", "Desk", "Reason"]

CLOCK = "the clock"
"""Who retires a launch whose window has ended."""


class Reason(Struct, frozen=True):
    """Who makes a move, and why; and for going live, the findings he accepts by name."""

    who: str
    why: str
    accepts: tuple[str, ...] = ()


class Desk:
    """Use cases over a store. Each move is one transaction: done and noted, or neither."""

    def __init__(self, store: LaunchStore, clock: Clock, new_id: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id

    def launches(self) -> list[Launch]:
        """All of them, oldest first."""
        return self._store.launches()

    def find(self, name: str) -> Launch:
        """By slug, alias, id, or the slug's last part where only one has it. Raises ConfigError."""
        launches = self._store.launches()
        for each in launches:
            if name in (*each.listing.names, each.id):
                return each
        short = [each for each in launches if each.listing.slug.endswith(f"/{name}")]
        if len(short) == 1:
            return short[0]
        raise ConfigError(f"No launch `{name[:100]}`; there {_those(short or launches)}.")

    def moves(self, launch: Launch) -> list[Move]:
        """Its moves, first to last."""
        return self._store.moves(launch.id)

    def create(self, file: LaunchFile, reason: Reason) -> Launch:
        """A draft. Raises ConfigError; then nothing was created."""
        closes = file.definition.public.window.closes_us(self._clock.now_us())
        if closes is not None and closes <= self._clock.now_us():
            raise ConfigError(
                "public.window.closes: that moment is past; set one to come, or window.days."
            )
        by = self._by(reason)
        step = moves.create(self._new_id(), file.definition, by, source=file.source)
        self._store.add(step.launch, step.move)
        return step.launch

    def discard(self, launch: Launch) -> None:
        """Forget a draft: nobody has seen it. Raises ConfigError for anything else."""
        self._store.discard(launch)

    def edit(self, launch: Launch, file: LaunchFile, reason: Reason) -> Launch:
        """Raises ConfigError where the launch's state does not allow the change.

        A change of a live launch that its audit did not see is noted with the move.
        """
        step = moves.edit(launch, file.definition, self._by(reason, launch), source=file.source)
        was, now = (subject_of(each.definition) for each in (launch, step.launch))
        after = self.standing(step.launch)
        if launch.life.state == "live" and was != now and after.kind == "changed":
            detail = "; ".join(filter(None, (step.move.detail, after.sentence())))
            step = Step(step.launch, structs.replace(step.move, detail=detail))
        return self._take(step)

    def audits(self, launch: Launch) -> list[Audit]:
        """Its audits, newest first."""
        return self._store.audits(launch.id)

    def keep_audit(self, launch: Launch, audit: Audit) -> None:
        """Raises ConfigError where the launch was discarded meanwhile."""
        self._store.add_audit(launch.id, audit)

    def standing(self, launch: Launch) -> guard.Standing:
        """Is it what was audited?"""
        return guard.standing_of(launch, self.audits(launch), self._clock.now_us())

    def check_go_live(self, launch: Launch, reason: Reason) -> None:
        """Raise ConfigError where its state, its window or its audit do not let it go live."""
        moves.go_live(launch, self._by(reason, launch))
        self._cleared(launch, reason)

    def go_live(
        self, launch: Launch, reason: Reason, *, detail: str = "", salt: str = ""
    ) -> Launch:
        """`detail` is kept with the move: what was measured. Raises ConfigError.

        With a `salt` it is committed to who made it (catalog/commitment.py).
        """
        step = moves.go_live(launch, self._by(reason, launch), salt=salt)
        cleared = self._cleared(launch, reason)
        told = "\n".join(filter(None, (cleared.sentence(), detail)))
        move = structs.replace(step.move, detail=told, accepted=cleared.accepted)
        return self._take(Step(step.launch, move))

    def _cleared(self, launch: Launch, reason: Reason) -> guard.Cleared:
        return guard.clear(launch, self.audits(launch), reason.accepts, self._clock.now_us())

    def extend(self, launch: Launch, reason: Reason, *, closes_us: int) -> Launch:
        """Raises ConfigError."""
        return self._take(moves.extend(launch, self._by(reason, launch), closes_us=closes_us))

    def retire(self, launch: Launch, reason: Reason) -> Launch:
        """Of a window that has ended already, this notes when it did. Raises ConfigError."""
        ended = launch.life.closes_us if self._is_overdue(launch) else None
        return self._take(moves.retire(launch, self._by(reason, launch), at_us=ended))

    def reveal(self, launch: Launch, reason: Reason, *, text: str, successor: str) -> Launch:
        """`text` and `successor` go before what the launch file prepared. Raises ConfigError."""
        if self._is_overdue(launch):
            launch = self._retire_overdue(launch)
        return self._take(
            moves.reveal(launch, self._by(reason, launch), text=text, successor=successor)
        )

    def retire_overdue(self) -> Iterator[Launch]:
        """Note the end of every window that has ended; yields the launches retired so."""
        for launch in self._store.launches():
            if self._is_overdue(launch):
                yield self._retire_overdue(launch)

    def _is_overdue(self, launch: Launch) -> bool:
        """Has its window ended without a note of it?"""
        return launch.life.state == "live" and launch.life.is_over(self._clock.now_us())

    def _retire_overdue(self, launch: Launch) -> Launch:
        by = self._by(Reason(CLOCK, "its window ended"), launch)
        return self._take(moves.retire(launch, by, at_us=launch.life.closes_us))

    def _by(self, reason: Reason, launch: Launch | None = None) -> By:
        """A move is never before the last one, whatever the clock says by now."""
        now = self._clock.now_us()
        at = now if launch is None else max(now, launch.life.newest_us)
        return By(who=reason.who, at_us=at, why=reason.why)

    def _take(self, step: Step) -> Launch:
        self._store.change(step.launch, step.move)
        return step.launch


def _those(launches: list[Launch]) -> str:
    names = ", ".join(each.listing.slug for each in launches)
    return f"are {names}" if names else "is none yet: `darkhorse launch create FILE` makes one"
