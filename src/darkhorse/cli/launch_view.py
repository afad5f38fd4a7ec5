"""Launches as tables for people. Private: endpoints and makers are in them."""

from collections.abc import Iterable
from datetime import UTC, datetime

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from darkhorse.base.plain import plain
from darkhorse.catalog import commitment, notices
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.catalog.launch import Change, Launch, Life, Move
from darkhorse.catalog.limits import Limits
from darkhorse.catalog.listing import Listing, Window
from darkhorse.catalog.profile import (
    EFFORTS,
    TOOL_MODES,
    USUAL_RANGES,
    USUAL_STOPS,
    Profile,
    Ranges,
)
from darkhorse.catalog.rhythm import Rhythm
from darkhorse.launches.guard import Standing

__all__ = ["counted", "left", "limits_text", "print_check", "print_launch", "print_list", "stands"]

_COLOURS = {"draft": "yellow", "live": "green", "retired": "dim", "revealed": "cyan"}
_WIDE = 100_000  # columns: more than any table has
_STEPS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def print_list(launches: Iterable[Launch], now_us: int) -> None:
    """One a line, oldest first."""
    table = Table("launch", "state", "since", "ends in", "who it is", box=None, pad_edge=False)
    for launch in launches:
        life = launch.life
        table.add_row(
            launch.listing.slug,
            _state(life, now_us),
            _date(_since(life)),
            _ends(life, now_us),
            Text(plain(f"{launch.private.model} by {launch.private.maker}")),
        )
    if not table.row_count:
        Console().print("No launches yet; `darkhorse launch create FILE` makes a draft.")
        return
    for whole in range(4):
        _keep_whole(table, whole)
    _print(_console(), table)


def print_launch(launch: Launch, moves: Iterable[Move], standing: Standing, now_us: int) -> None:
    """One launch: public side, private side, its audit, the history on its page, moves."""
    console = _console()
    console.print(
        Text(plain(launch.listing.title), style="bold"), Text(stands(launch.life, now_us))
    )
    _print(console, _pairs("public", _public(launch.listing)))
    _print(console, _pairs("private", _private(launch, standing)))
    print_check(launch)
    _print(console, _endpoints(launch.private.endpoint))
    if launch.changes:
        _print(console, _changes(launch.changes))
    _print(console, _moves(moves))


def print_check(launch: Launch) -> None:
    """The line for a shell that checks a revealed commitment, whole; nothing where none is."""
    if launch.opening:
        click.echo(f"This prints the commitment of its going live, {launch.commitment}:")
        click.echo(commitment.check_command(launch.opening))


def _console() -> Console:
    """A pipe is as wide as needed."""
    console = Console()
    if not console.is_terminal:
        console.width = _WIDE
    return console


def _print(console: Console, table: Table) -> None:
    """Columns that stay whole may stand out of a narrow terminal, which then wraps the line."""
    for column in table.columns:
        column.overflow = "fold"
    console.print(table, crop=False)


def _keep_whole(table: Table, number: int) -> None:
    """Never cut or wrap this column, however narrow the terminal is."""
    column = table.columns[number]
    cells = (Text.from_markup(cell) if isinstance(cell, str) else cell for cell in column.cells)
    column.no_wrap = True
    column.min_width = max(cell.cell_len for cell in cells if isinstance(cell, Text))


def stands(life: Life, now_us: int) -> str:
    """`live, ends in 3 days 4 hours (on …)`."""
    state = life.state_at(now_us)
    if state == "live" and life.closes_us:
        return f"live, ends in {left(life.closes_us - now_us)} ({notices.moment(life.closes_us)})"
    if state == "live":
        return "live, without an end"
    return f"{state} since {notices.moment(_since(life))}"


def left(duration_us: int) -> str:
    """The two largest units of a duration: `3 days 4 hours`."""
    seconds = max(0, duration_us // 1_000_000)
    words: list[str] = []
    for size, name in _STEPS:
        count, seconds = divmod(seconds, size)
        if count or (words and len(words) < 2):
            words.append(counted(count, name))
        if len(words) == 2:
            break
    return " ".join(words) or "0 seconds"


def limits_text(limits: Limits) -> str:
    """`20 requests a minute, 4 at once`; empty where there are none."""
    counts = (
        (limits.requests_per_minute, "request", " a minute"),
        (limits.requests_per_day, "request", " a day"),
        (limits.tokens_per_minute, "token", " a minute"),
    )
    parts = [counted(most, noun) + per for most, noun, per in counts if most is not None]
    if limits.concurrent is not None:
        parts.append(f"{limits.concurrent:,} at once")
    if limits.spend_usd is not None:
        parts.append(f"${limits.spend_usd} in all")
    return ", ".join(parts)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 request`, `2 requests`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _state(life: Life, now_us: int) -> Text:
    state = life.state_at(now_us)
    return Text(state, style=_COLOURS[state])


def _since(life: Life) -> int:
    """When its present state began."""
    return (
        life.revealed_us
        or life.retired_us
        or (life.live_us and min(life.live_us, life.closes_us or life.live_us))
        or life.created_us
    )


def _ends(life: Life, now_us: int) -> str:
    if life.state_at(now_us) != "live":
        return ""
    return left(life.closes_us - now_us) if life.closes_us else "no end"


def _date(at_us: int) -> str:
    return f"{datetime.fromtimestamp(at_us / 1_000_000, UTC):%Y-%m-%d}"


def _moment(at_us: int) -> str:
    return f"{datetime.fromtimestamp(at_us / 1_000_000, UTC):%Y-%m-%d %H:%M}"


def _public(listing: Listing) -> dict[str, str]:
    price = listing.price
    dollars = f"${price.prompt} / ${price.completion} a million tokens, ${price.request} a request"
    return {
        "slug": listing.slug,
        "aliases": ", ".join(listing.aliases),
        "description": listing.description,
        "context": f"{listing.context:,} public tokens",
        "longest answer": f"{listing.max_output:,} public tokens",
        "in, out": f"{', '.join(listing.input)} → {', '.join(listing.output)}",
        "parameters": ", ".join(listing.parameters),
        **_values(listing.profile),
        "price": "free" if price.is_free else dollars,
        "limits, everybody": limits_text(listing.limits.total),
        "limits, each key": limits_text(listing.limits.key),
        "limits, each address": limits_text(listing.limits.address),
        "window": _window(listing.window),
        "moderated": "yes" if listing.moderated else "no",
        "may say of itself": listing.identity,
        "language": listing.language,
        "rhythm": _rhythm(listing.rhythm),
        "disclosure": listing.disclosure,
        "training": "yes" if listing.may_train else "no",
        "erased after": counted(listing.retention_days, "day") if listing.retention_days else "",
        "terms": listing.terms,
        "privacy": listing.privacy,
        "abuse": listing.abuse_contact,
    }


def _values(profile: Profile) -> dict[str, str]:
    """What it says of parameters' values, where that is not as usual."""
    ranges = (
        f"{name} {low:,} to {high:,}"
        for name in Ranges.__struct_fields__
        for low, high in [getattr(profile.ranges, name)]
        if (low, high) != getattr(USUAL_RANGES, name)
    )
    stops = f"{profile.stops.max_count}, of {counted(profile.stops.max_bytes, 'byte')} at most"
    return {
        "ranges": ", ".join(ranges),
        "efforts": ", ".join(profile.efforts) if profile.efforts != EFFORTS else "",
        "always thinks": "yes" if profile.reasoning_always else "",
        "stops": stops if profile.stops != USUAL_STOPS else "",
        "tool choice": ", ".join(profile.tool_choice) if profile.tool_choice != TOOL_MODES else "",
        "parallel calls": "" if profile.parallel_calls else "no",
    }


def _rhythm(rhythm: Rhythm) -> str:
    pieces = f"pieces of {counted(rhythm.piece, 'character')}"
    if not rhythm.is_paced:
        return pieces
    return f"{pieces}, from {rhythm.first_ms:,} ms on, {rhythm.chars_per_s:,} characters a second"


def _window(window: Window) -> str:
    """As the launch file has it; an end that was moved is in the first line of all."""
    if window.days is not None:
        return f"{window.days:g} day{'s' * (window.days != 1)} from its going live"
    closes = window.closes_us(0)
    return "none: it ends when it is retired" if closes is None else f"until {_moment(closes)} UTC"


def _private(launch: Launch, standing: Standing) -> dict[str, str]:
    private, prepared = launch.private, launch.reveal or launch.private.reveal
    return {
        "maker": private.maker,
        "model": private.model,
        "also called": ", ".join(private.aliases),
        "weights": private.weights,
        "commitment": launch.commitment,
        "audit": standing.sentence(),
        "demonstration": "yes: it is there to be tried" if private.demonstration else "",
        "text of its reveal": prepared.text,
        "successor": prepared.successor,
    }


def _pairs(title: str, rows: dict[str, str]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    for name, value in rows.items():
        if value:
            table.add_row(Text(name, style="dim"), Text(plain(value)))
    return table


def _endpoints(endpoints: Iterable[Endpoint]) -> Table:
    table = Table("endpoint", "url", "model", "weight", "key", "quirks", box=None, pad_edge=False)
    for each in endpoints:
        key = f"${each.key_env}" if each.key_env else each.key_file
        quirks = msgspec.json.encode(each.quirks).decode()
        row = (each.name, each.url, each.model, f"{each.weight:g}", key, quirks.strip("{}"))
        table.add_row(*(Text(plain(cell)) for cell in row))
    _keep_whole(table, 1)
    return table


def _changes(changes: Iterable[Change]) -> Table:
    table = Table("when", "what its page says (UTC)", box=None, pad_edge=False)
    for each in changes:
        table.add_row(_moment(each.at_us), Text(plain(each.text)))
    _keep_whole(table, 0)
    return table


def _moves(moves: Iterable[Move]) -> Table:
    table = Table("move", "when", "who", "why", "what", box=None, pad_edge=False)
    for each in moves:
        accepted = f"accepted: {', '.join(each.accepted)}" if each.accepted else ""
        what = " · ".join(filter(None, (each.shown, accepted, each.detail)))
        row = (each.kind, _moment(each.at_us), each.who, each.why, what)
        table.add_row(*(Text(plain(cell)) for cell in row))
    for whole in range(2):
        _keep_whole(table, whole)
    return table
