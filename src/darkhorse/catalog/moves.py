"""What may follow what in a launch's life. Pure: a launch in, the next one and its move out."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct, structs

from darkhorse.base.errors import ConfigError
from darkhorse.catalog import commitment, notices
from darkhorse.catalog.launch import (
    Change,
    Definition,
    Launch,
    Life,
    Move,
    MoveKind,
    Reveal,
    State,
)
from darkhorse.catalog.listing import LAST_US, Listing
from darkhorse.catalog.profile import narrowed
from darkhorse.catalog.training import granted

__all__ = ["LIVE_EDITS", "By", "Step", "create", "edit", "extend", "go_live", "retire", "reveal"]

LIVE_EDITS = frozenset(
    {
        "abuse_contact",
        "aliases",
        "description",
        "efforts",
        "limits",
        "parallel_calls",
        "parameters",
        "privacy",
        "ranges",
        "stops",
        "structured",
        "terms",
        "tool_choice",
        "training",
    }
)
"""Public fields that may change while a launch is live. The rest is what people came for.

Of what a request may say of its parameters, more can be taken and never less. `training` only
towards what people were told, or to less; the disclosure may then change with it.
"""

_LINE = 120  # characters of a value in the public history

_LATER: dict[MoveKind, str] = {
    "go-live": "only a draft can go live",
    "extend": "only a live launch has a window to extend",
    "retire": "only a live launch can be retired",
    "reveal": "only a retired launch can be revealed",
}


class Step(Struct, frozen=True):
    """A launch after a move, and the move."""

    launch: Launch
    move: Move


class By(Struct, frozen=True, kw_only=True):
    """Who makes a move, when, and why."""

    who: str
    at_us: int
    why: str = ""


def create(launch_id: str, definition: Definition, by: By, *, source: str) -> Step:
    """A draft; `source` is its file's text."""
    launch = Launch(
        id=launch_id,
        listing=definition.public,
        private=definition.private,
        life=Life(created_us=by.at_us),
        source=source,
    )
    return Step(launch, _move("create", by))


def go_live(launch: Launch, by: By, *, detail: str = "", salt: str = "") -> Step:
    """From here on it is listed and answers, until its window ends. Raises ConfigError.

    With a `salt`, what its reveal will say of maker and model is committed to.
    """
    _expect(launch, "go-live", ("draft",), by)
    closes = launch.listing.window.closes_us(by.at_us)
    if closes is not None and closes <= by.at_us:
        raise ConfigError(
            f"{launch.listing.slug}: its window ended on {notices.moment(closes)}; "
            "set window.closes to a moment to come, or window.days."
        )
    life = structs.replace(launch.life, state="live", live_us=by.at_us, closes_us=closes)
    shown = "Listed" + (f", until {notices.moment(closes)}." if closes else ".")
    committed = commitment.digest(_opening(launch, salt)) if salt else ""
    if committed:
        shown += f" Committed to SHA-256 {committed}."
    move = _move("go-live", by, shown, detail)
    return _step(launch, move, life=life, salt=salt, commitment=committed)


def _opening(launch: Launch, salt: str) -> str:
    private = launch.private
    return commitment.opening(
        slug=launch.listing.slug,
        maker=private.maker,
        model=private.model,
        weights=private.weights,
        salt=salt,
    )


def extend(launch: Launch, by: By, *, closes_us: int) -> Step:
    """Move the end of the window: later, or earlier but not into the past. Raises ConfigError."""
    _expect(launch, "extend", ("live",), by)
    if closes_us >= LAST_US:
        raise ConfigError("A window ends before the year 9999; choose a nearer moment.")
    if closes_us <= by.at_us:
        raise ConfigError(
            f"{notices.moment(closes_us)} is past; choose a moment to come, or retire it now "
            "with `darkhorse launch retire`."
        )
    life = structs.replace(launch.life, closes_us=closes_us)
    shown = f"Its end was moved to {notices.moment(closes_us)}."
    return _step(launch, _move("extend", by, shown), life=life)


def retire(launch: Launch, by: By, *, at_us: int | None = None) -> Step:
    """The end of its trial. `at_us` is when it really ended, if not now. Raises ConfigError."""
    if launch.life.state != "live":
        _refuse(launch, "retire", launch.life.state)
    ended = by.at_us if at_us is None else at_us
    life = structs.replace(launch.life, state="retired", retired_us=ended)
    move = _move("retire", by, "Retired." if at_us is None else "Its window ended.")
    return _step(launch, move, shown_us=ended, life=life)


def reveal(launch: Launch, by: By, *, text: str = "", successor: str = "") -> Step:
    """Say who it was. Raises ConfigError, also where an end by the window is not noted yet."""
    if launch.life.state != "retired":
        _refuse(launch, "reveal", launch.life.state)
    private = launch.private
    told = Reveal(
        maker=private.maker,
        model=private.model,
        text=text or private.reveal.text,
        successor=successor or private.reveal.successor,
    )
    life = structs.replace(launch.life, state="revealed", revealed_us=by.at_us)
    shown = f"Revealed: {told.model} by {told.maker}."
    opening = _opening(launch, launch.salt) if launch.salt else ""
    step = _step(launch, _move("reveal", by, shown), life=life, opening=opening)
    return Step(structs.replace(step.launch, reveal=told), step.move)


def edit(launch: Launch, definition: Definition, by: By, *, source: str) -> Step:
    """What its file says now. Raises ConfigError.

    A draft changes freely, a live launch in `LIVE_EDITS` and its private side; later, only what
    its reveal will say does, and whether its record may be used to train.
    """
    state = launch.life.state_at(by.at_us)
    public = _changed(launch.listing, definition.public)
    private = _changed(launch.private, definition.private)
    if not public and not private:
        raise ConfigError(f"{launch.listing.slug}: nothing differs; there is nothing to change.")
    if state == "live":
        _check_live_edit(launch, definition, public, private)
    elif state != "draft" and public == ["training"] and not private:
        _check_training(launch.listing, definition.public)
    elif state != "draft" and (public or private != ["reveal"] or state == "revealed"):
        raise ConfigError(
            f"{launch.listing.slug} is {state}; all that may still change is what its reveal "
            "will say (private.reveal), until it is revealed."
        )
    shown = _told(launch.listing, definition.public, public) if state == "live" else ""
    detail = f"private: {', '.join(private)}" if private else ""
    move = _move("edit", by, shown, detail)
    return _step(launch, move, listing=definition.public, private=definition.private, source=source)


def _check_live_edit(
    launch: Launch, definition: Definition, public: Sequence[str], private: Sequence[str]
) -> None:
    slug = launch.listing.slug
    narrowed = (
        {"disclosure"} if definition.public.training is False and "training" in public else ()
    )
    if fixed := sorted(set(public) - LIVE_EDITS.union(narrowed)):
        more = "; the window is moved with `extend`" if "window" in fixed else ""
        raise ConfigError(
            f"{slug} is live, so {', '.join(fixed)} must stay as it is{more}. "
            f"What may change: {', '.join(sorted(LIVE_EDITS))}; private endpoints and aliases."
        )
    _check_training(launch.listing, definition.public)
    if gone := sorted(set(launch.listing.aliases) - set(definition.public.aliases)):
        raise ConfigError(f"{slug} is live: people use `{gone[0]}`; an alias can only be added.")
    _check_profile(launch.listing, definition.public)
    committed = {"weights"} if launch.commitment else set()
    if fixed := sorted(set(private) & {"maker", "model", *committed}):
        raise ConfigError(f"{slug} is live, so private {', '.join(fixed)} must stay as it is.")


def _check_profile(before: Listing, after: Listing) -> None:
    """What people have been told they may ask for stays."""
    if gone := sorted(set(before.parameters) - set(after.parameters)):
        raise ConfigError(
            f"{before.slug} is live: people use `{gone[0]}`; a parameter can only be added."
        )
    if less := narrowed(before.profile, after.profile, before.honoured):
        raise ConfigError(f"{before.slug} is live: people rely on {less}; it can only take more.")


def _check_training(before: Listing, after: Listing) -> None:
    """Never from no to yes; what was left open may become what the disclosure said all along."""
    if before.may_train or not after.may_train:
        return
    if before.training is None and granted(before.disclosure):
        return
    raise ConfigError(
        f"{before.slug} went live without saying that its record may be used to train, so training "
        "cannot become true; begin a new launch."
    )


def _told(before: Listing, after: Listing, changed: Sequence[str]) -> str:
    """A line for the public: what changed, and where that fits on a line, from what to what."""
    lines = []
    for name in changed:
        was, now = (_shown(getattr(each, name)) for each in (before, after))
        short = max(len(was), len(now)) <= _LINE
        lines.append(f"{name} from {was} to {now}" if short else name)
    return f"Changed: {'; '.join(lines)}." if lines else ""


def _shown(value: object) -> str:
    return "unsaid" if value is None else msgspec.json.encode(value).decode()


def _changed(before: Struct, after: Struct) -> list[str]:
    names = before.__struct_fields__
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _expect(launch: Launch, kind: MoveKind, states: tuple[State, ...], by: By) -> None:
    state = launch.life.state_at(by.at_us)
    if state not in states:
        _refuse(launch, kind, state)


def _refuse(launch: Launch, kind: MoveKind, state: State) -> None:
    first = " Retire it first." if (kind, state) == ("reveal", "live") else ""
    raise ConfigError(f"{launch.listing.slug} is {state}: {_LATER[kind]}.{first}")


def _move(kind: MoveKind, by: By, shown: str = "", detail: str = "") -> Move:
    return Move(kind=kind, at_us=by.at_us, who=by.who, why=by.why, shown=shown, detail=detail)


def _step(launch: Launch, move: Move, *, shown_us: int | None = None, **fields: object) -> Step:
    """`shown_us` is when it happened for the public, if not when it was noted."""
    changes = launch.changes
    if move.shown:
        at = move.at_us if shown_us is None else shown_us
        changes = (*changes, Change(at_us=at, text=move.shown))
    after = structs.replace(launch, changes=changes, revision=launch.revision + 1, **fields)
    return Step(after, move)
