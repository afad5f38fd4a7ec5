"""Moves of a launch as forms: what each will do, what the public will see, what it asks for."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from darkhorse.base.clock import DAY_US
from darkhorse.base.errors import ConfigError
from darkhorse.catalog import notices
from darkhorse.catalog.launch import Launch
from darkhorse.launches.desk import Desk, Reason
from darkhorse.launches.guard import NO_AUDIT, Standing
from darkhorse.web.desk.forms import moment_us

__all__ = ["MoveKind", "MovePage", "accepts_of", "closes_us", "make_move", "move_page", "reason_of"]

MoveKind = Literal["extend", "retire", "reveal", "go-live"]
_TITLES: dict[MoveKind, str] = {
    "extend": "Move the end of",
    "retire": "Retire",
    "reveal": "Reveal",
    "go-live": "Go live with",
}
_ACTS: dict[MoveKind, str] = {
    "extend": "Move its end",
    "retire": "Retire it now",
    "reveal": "Tell everybody",
    "go-live": "Ask its endpoints, then go live",
}
_RETYPED = ("retire", "reveal")
_MOST_DAYS = 3660.0
_MOST_TEXT = 4_000


class Accepted(Struct, frozen=True):
    """Something that stops a launch unless it is accepted by name."""

    name: str
    says: str


class MovePage(Struct, frozen=True, kw_only=True):
    """A form that asks before it does. `given`: what was typed, where it comes back."""

    kind: MoveKind
    slug: str
    title: str
    act: str
    does: tuple[str, ...]
    public_sees: tuple[str, ...]
    is_retyped: bool
    given: Mapping[str, str]
    problem: str = ""
    accepts: tuple[Accepted, ...] = ()
    standing: str = ""
    command: str = ""  # the same by hand


def move_page(
    kind: MoveKind,
    launch: Launch,
    standing: Standing,
    now_us: int,
    *,
    given: Mapping[str, str] | None = None,
    problem: str = "",
) -> MovePage:
    """The form, empty or as it was filled in."""
    slug, title = launch.listing.slug, launch.listing.title
    return MovePage(
        kind=kind,
        slug=slug,
        title=f"{_TITLES[kind]} {title}",
        act=_ACTS[kind],
        does=_does(kind, launch),
        public_sees=_public_sees(kind, launch, now_us),
        is_retyped=kind in _RETYPED,
        given=_kept(given or {}),
        problem=problem,
        accepts=_accepts(standing) if kind == "go-live" else (),
        standing=standing.sentence() if kind == "go-live" else "",
        command=f'darkhorse launch {kind} {slug} --why "…"',
    )


def make_move(
    kind: MoveKind, desk: Desk, launch: Launch, fields: Mapping[str, str], who: str, now_us: int
) -> None:
    """All but going live. Raises ConfigError; then nothing was done."""
    reason = reason_of(fields, who)
    if kind in _RETYPED and fields.get("slug", "").strip() != launch.listing.slug:
        raise ConfigError(
            f"Type {launch.listing.slug} to confirm: what you are about to do cannot be undone."
        )
    if kind == "extend":
        desk.extend(launch, reason, closes_us=closes_us(fields, launch, now_us))
    elif kind == "retire":
        desk.retire(launch, reason)
    elif kind == "reveal":
        text, successor = (fields.get(name, "").strip() for name in ("text", "successor"))
        desk.reveal(launch, reason, text=text[:_MOST_TEXT], successor=successor[:_MOST_TEXT])


def reason_of(fields: Mapping[str, str], who: str) -> Reason:
    """Raises ConfigError without a reason."""
    why = fields.get("why", "").strip()
    if not why:
        raise ConfigError("Say why; it is kept with the move.")
    if len(why) > _MOST_TEXT:
        raise ConfigError(f"A reason is at most {_MOST_TEXT:,} characters.")
    return Reason(who, why, accepts_of(fields))


def accepts_of(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Which findings were ticked."""
    return tuple(name.removeprefix("accept:") for name in fields if name.startswith("accept:"))


def closes_us(fields: Mapping[str, str], launch: Launch, now_us: int) -> int:
    """The new end: so many days later, or at a moment (UTC). Raises ConfigError."""
    days, until = (fields.get(name, "").strip() for name in ("days", "until"))
    if bool(days) == bool(until):
        raise ConfigError("Give either days or a moment, not both and not neither.")
    if days:
        return (launch.life.closes_us or now_us) + round(_days(days) * DAY_US)
    return moment_us(until, now_us)


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = 0.0
    if not 0 < days <= _MOST_DAYS:
        raise ConfigError(f"Days must be a number over 0 and at most {_MOST_DAYS:,.0f}.")
    return days


def _kept(given: Mapping[str, str]) -> dict[str, str]:
    names = ("why", "days", "until", "text", "successor", "slug", "commit")
    kept = {name: given.get(name, "")[:_MOST_TEXT] for name in names}
    return kept | {f"accept:{name}": "on" for name in accepts_of(given)}


def _does(kind: MoveKind, launch: Launch) -> tuple[str, ...]:
    private = launch.private
    ends = launch.life.closes_us
    told: dict[MoveKind, tuple[str, ...]] = {
        "extend": (
            f"Its window ends on {notices.moment(ends)} now."
            if ends
            else "It has no end of its own now.",
            "The new end may be later or earlier, but not past. Clients are warned a day before.",
        ),
        "retire": (
            "Answers that run are finished; new calls are told that it has ended.",
            "It cannot go live again. What it gathered is kept, and it can be revealed.",
        ),
        "reveal": (
            (
                f"Everybody is told that {launch.listing.slug} was {private.model} by "
                f"{private.maker}: on its page, in the archive, and whoever calls it."
            ),
            "It cannot be taken back.",
        ),
        "go-live": (
            (
                f"Its endpoints ({len(private.endpoint)}) are asked whether they keep what "
                "the listing promises, with one prompt as long as it allows. It may take minutes."
            ),
            "If they do, it is listed and answers from then on. Otherwise it stays a draft.",
        ),
    }
    return told[kind]


def _public_sees(kind: MoveKind, launch: Launch, now_us: int) -> tuple[str, ...]:
    window = launch.listing.window.closes_us(now_us)
    reveal = launch.private.reveal
    told: dict[MoveKind, tuple[str, ...]] = {
        "extend": ("Its page has a new countdown, and a line that its end was moved.",),
        "retire": (notices.farewell(launch.public(), now_us),),
        "reveal": (
            f"{launch.listing.title} was {launch.private.model} by {launch.private.maker}.",
            *filter(None, (reveal.text, reveal.successor and f"Use `{reveal.successor}` instead.")),
        ),
        "go-live": (
            (
                f"{launch.listing.title}, with its description, disclosure, limits and price, on "
                "the home page, on a page of its own, and in the list of models."
            ),
            f"It is available until {notices.moment(window)}."
            if window
            else "It has no end that anybody is told.",
        ),
    }
    return told[kind]


def _accepts(standing: Standing) -> tuple[Accepted, ...]:
    """What would have to be accepted for it to go live."""
    if standing.kind != "audited" or standing.audit is None:
        return (Accepted(NO_AUDIT, f"It is {standing.sentence()}; go live without an audit."),)
    found = {each.name: each.public or each.raw for each in standing.audit.stopping}
    return tuple(Accepted(name, says) for name, says in found.items())
