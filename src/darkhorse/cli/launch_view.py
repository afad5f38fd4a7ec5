"""Launches as tables for people. Private: endpoints and makers are in them."""

from collections.abc import Iterable

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from darkhorse.base.plain import plain
from darkhorse.catalog import notices
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.catalog.launch import Launch, Life, Move
from darkhorse.catalog.limits import Limits
from darkhorse.catalog.listing import Listing

__all__ = ["left", "limits_text", "print_launch", "print_list", "stands"]

_COLOURS = {"draft": "yellow", "live": "green", "retired": "dim", "revealed": "cyan"}
_STEPS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def print_list(launches: Iterable[Launch], now_us: int) -> None:
    """One a line, oldest first."""
    table = Table("launch", "state", "since", "ends", "who it is", box=None, pad_edge=False)
    for launch in launches:
        life = launch.life
        table.add_row(
            launch.listing.slug,
            _state(life, now_us),
            notices.moment(_since(life)),
            _ends(life, now_us),
            Text(plain(f"{launch.private.model} by {launch.private.maker}")),
        )
    if not table.row_count:
        Console().print("No launches yet; `darkhorse launch create FILE` makes a draft.")
    else:
        Console().print(table)


def print_launch(launch: Launch, moves: Iterable[Move], now_us: int) -> None:
    """One launch: public side, private side, moves."""
    console = Console()
    console.print(
        Text(plain(launch.listing.title), style="bold"), Text(stands(launch.life, now_us))
    )
    console.print(_pairs("public", _public(launch.listing)))
    private = {"maker": launch.private.maker, "model": launch.private.model}
    console.print(_pairs("private", private))
    console.print(_endpoints(launch.private.endpoint))
    console.print(_moves(moves))


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
            words.append(f"{count} {name}{'s' * (count != 1)}")
        if len(words) == 2:
            break
    return " ".join(words) or "0 seconds"


def limits_text(limits: Limits) -> str:
    """`20 requests a minute, 4 at once`; empty where there are none."""
    parts = (
        (limits.requests_per_minute, "{:,} requests a minute"),
        (limits.requests_per_day, "{:,} requests a day"),
        (limits.tokens_per_minute, "{:,} tokens a minute"),
        (limits.concurrent, "{:,} at once"),
        (limits.spend_usd, "${} in all"),
    )
    return ", ".join(text.format(value) for value, text in parts if value is not None)


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
    return f"in {left(life.closes_us - now_us)}" if life.closes_us else "not by itself"


def _public(listing: Listing) -> dict[str, str]:
    price = listing.price
    dollars = f"${price.prompt} / ${price.completion} a million tokens, ${price.request} a request"
    return {
        "slug": listing.slug,
        "aliases": ", ".join(listing.aliases),
        "context": f"{listing.context:,} public tokens",
        "longest answer": f"{listing.max_output:,} public tokens",
        "in, out": f"{', '.join(listing.input)} → {', '.join(listing.output)}",
        "parameters": ", ".join(listing.parameters),
        "price": "free" if price.is_free else dollars,
        "limits, everybody": limits_text(listing.limits.total),
        "limits, each key": limits_text(listing.limits.key),
        "limits, each address": limits_text(listing.limits.address),
        "may say of itself": listing.identity,
        "disclosure": listing.disclosure,
        "terms": listing.terms,
        "privacy": listing.privacy,
        "abuse": listing.abuse_contact,
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
    return table


def _moves(moves: Iterable[Move]) -> Table:
    table = Table("move", "when", "who", "why", "what", box=None, pad_edge=False)
    for each in moves:
        what = " · ".join(filter(None, (each.shown, each.detail)))
        row = (each.kind, notices.moment(each.at_us), each.who, each.why, what)
        table.add_row(*(Text(plain(cell)) for cell in row))
    return table
