"""Launches as pages show them: all of them in a list, one whole. Private: endpoints are named."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from darkhorse.catalog import notices
from darkhorse.catalog.audits import Audit
from darkhorse.catalog.endpoint import Endpoint, Private
from darkhorse.catalog.launch import Launch, Life, Move, State
from darkhorse.catalog.listing import Listing
from darkhorse.launches.guard import Standing
from darkhorse.storage.launch_view import EndpointUse
from darkhorse.web.views.moments import Moment, lasting, minute

__all__ = [
    "AuditPage",
    "AuditRow",
    "EndpointRow",
    "LaunchPage",
    "LaunchRow",
    "MoveRow",
    "bare_url",
    "endpoint_row",
    "launch_page",
    "launch_row",
    "stands",
]

_BADGES: dict[State, str] = {
    "draft": "doubt",
    "live": "live",
    "retired": "still",
    "revealed": "good",
}
_SHOWN_APART = {"slug", "title", "endpoint"}
_MOVES: dict[State, tuple[tuple[str, str], ...]] = {
    "draft": (("go-live", "Go live"),),
    "live": (("extend", "Move its end"), ("retire", "Retire")),
    "retired": (("reveal", "Reveal"),),
    "revealed": (),
}


class LaunchRow(Struct, frozen=True, kw_only=True):
    """A line of the list."""

    slug: str
    title: str
    state: State
    badge: str
    says: str
    since: Moment
    audit: str


class EndpointRow(Struct, frozen=True, kw_only=True):
    """An endpoint and how it did in the last 24 hours; None: nobody asked it."""

    name: str
    url: str
    dialect: str
    model: str
    weight: float
    key: str  # where it comes from, never itself
    attempts: int | None = None
    failures: int | None = None
    failed_share: float | None = None
    p50_ms: float | None = None


class MoveRow(Struct, frozen=True, kw_only=True):
    """A line of its history."""

    kind: str
    at: Moment
    who: str
    why: str
    shown: str
    detail: str
    accepted: str


class AuditPage(Struct, frozen=True):
    """An audit, whose report stands in a frame."""

    title: str
    slug: str
    id: str
    at: Moment


class AuditRow(Struct, frozen=True, kw_only=True):
    """An audit and what it came to."""

    id: str
    at: Moment
    findings: int
    leaks: int
    stopping: str
    calls: int
    kind: str


class LaunchPage(Struct, frozen=True, kw_only=True):
    """One launch whole."""

    row: LaunchRow
    revision: int
    facts: tuple[tuple[str, Moment | str], ...]
    public: tuple[tuple[str, str], ...]
    private: tuple[tuple[str, str], ...]
    endpoints: tuple[EndpointRow, ...]
    moves: tuple[MoveRow, ...]  # newest first
    audits: tuple[AuditRow, ...]  # newest first
    can: tuple[tuple[str, str], ...]
    command: str  # how to edit it
    problem: str = ""


def launch_row(launch: Launch, standing: Standing, now_us: int) -> LaunchRow:
    """For the list."""
    state = launch.life.state_at(now_us)
    return LaunchRow(
        slug=launch.listing.slug,
        title=launch.listing.title,
        state=state,
        badge=_BADGES[state],
        says=stands(launch.life, now_us),
        since=minute(launch.life.newest_us),
        audit=standing.sentence(),
    )


def stands(life: Life, now_us: int) -> str:
    """What its window does: `ends in 3 days 4 hours`."""
    state = life.state_at(now_us)
    if state != "live":
        ended = life.retired_us or (life.closes_us if state == "retired" else None)
        return f"ended on {notices.moment(ended)}" if ended else "nobody sees it"
    if life.closes_us is None:
        return "has no end of its own"
    return f"ends in {lasting(life.closes_us - now_us)}"


def launch_page(
    launch: Launch,
    standing: Standing,
    moves: Sequence[Move],
    audits: Sequence[Audit],
    uses: Sequence[EndpointUse],
    now_us: int,
    *,
    problem: str = "",
) -> LaunchPage:
    """`uses`: of its endpoints in the last 24 hours; `problem`: why they are not known."""
    by_name = {each.name: each for each in uses}
    row = launch_row(launch, standing, now_us)
    slug = launch.listing.slug
    return LaunchPage(
        row=row,
        revision=launch.revision,
        facts=_life(launch.life),
        public=_rows(launch.listing),
        private=_private(launch),
        endpoints=tuple(
            endpoint_row(each, by_name.get(each.name)) for each in launch.private.endpoint
        ),
        moves=tuple(_move(each) for each in reversed(moves)),
        audits=tuple(_audit(each) for each in audits),
        can=_MOVES[row.state],
        command=f'darkhorse launch edit {slug} --why "…"',
        problem=problem,
    )


def bare_url(url: str) -> str:
    """Without what may be a secret: user, password and query."""
    try:
        parts = urlsplit(url)
        if not parts.netloc:
            return url.partition("?")[0]
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "not readable"
    return f"{parts.scheme}://{host}{parts.path}"


def _life(life: Life) -> tuple[tuple[str, Moment | str], ...]:
    moments = (
        ("Created", life.created_us),
        ("Live since", life.live_us),
        ("Window ends", life.closes_us),
        ("Retired", life.retired_us),
        ("Revealed", life.revealed_us),
    )
    return tuple((name, minute(at)) for name, at in moments if at is not None)


def _rows(value: Listing | Private) -> tuple[tuple[str, str], ...]:
    """What its file says, field by field, without what is left at its default."""
    given = msgspec.to_builtins(value)
    return tuple(
        (name.replace("_", " "), _text(each))
        for name, each in given.items()
        if name not in _SHOWN_APART
    )


def _private(launch: Launch) -> tuple[tuple[str, str], ...]:
    committed = (("commitment", launch.commitment),) if launch.commitment else ()
    return (*_rows(launch.private), *committed)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    if isinstance(value, dict):
        told = (f"{name.replace('_', ' ')} {_text(each)}" for name, each in value.items())
        return "; ".join(told)
    return msgspec.json.encode(value).decode()


def endpoint_row(endpoint: Endpoint, use: EndpointUse | None) -> EndpointRow:
    """`use` None: nobody asked it in the last 24 hours, or it is not known."""
    key = "none"
    if endpoint.key_env:
        key = f"variable {endpoint.key_env}"
    elif endpoint.key_file:
        key = "a file"
    return EndpointRow(
        name=endpoint.name,
        url=bare_url(endpoint.url),
        dialect=endpoint.dialect,
        model=endpoint.model,
        weight=endpoint.weight,
        key=key,
        attempts=use.requests if use else None,
        failures=use.failures if use else None,
        failed_share=use.failures / use.requests if use and use.requests else None,
        p50_ms=use.p50_ms if use else None,
    )


def _move(move: Move) -> MoveRow:
    return MoveRow(
        kind=move.kind,
        at=minute(move.at_us),
        who=move.who,
        why=move.why,
        shown=move.shown,
        detail=move.detail,
        accepted=", ".join(move.accepted),
    )


def _audit(audit: Audit) -> AuditRow:
    kinds = ["whole" if audit.is_whole else "of some channels" if audit.only else "of an address"]
    kinds += ["quick"] * audit.quick
    return AuditRow(
        id=audit.id,
        at=minute(audit.at_us),
        findings=len(audit.findings),
        leaks=sum(each.verdict == "leaks" for each in audit.findings),
        stopping=_names(each.name for each in audit.stopping),
        calls=audit.calls,
        kind=", ".join(kinds),
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
