"""What the public is told of a launch's life: its end coming, its end, who it was."""

from datetime import UTC, datetime

from darkhorse.catalog.launch import PublicLaunch

__all__ = ["WARNING_US", "day", "ending", "farewell", "is_ending", "moment", "revealed"]

WARNING_US = 24 * 3600 * 1_000_000
"""How long before its end clients are warned."""


def is_ending(launch: PublicLaunch, now_us: int) -> bool:
    """Is it live and in its last day?"""
    closes = launch.life.closes_us
    return (
        closes is not None
        and launch.life.state_at(now_us) == "live"
        and now_us >= closes - WARNING_US
    )


def ending(launch: PublicLaunch) -> str:
    """`Pony Alpha is available until 11 February 2026, 16:00 UTC.` Empty without a window."""
    closes = launch.life.closes_us
    if closes is None:
        return ""
    return f"{launch.listing.title} is available until {moment(closes)}."


def farewell(launch: PublicLaunch, now_us: int) -> str:
    """What is said of it after its end."""
    if told := revealed(launch):
        return told
    since = min(filter(None, (launch.life.retired_us, launch.life.closes_us, now_us)))
    return f"The trial of {launch.listing.title} ended on {day(since)}. Thank you for taking part."


def revealed(launch: PublicLaunch) -> str:
    """Who it was and what to use instead; empty before the reveal."""
    reveal = launch.reveal
    if reveal is None:
        return ""
    told = [f"{launch.listing.title} was {reveal.model} by {reveal.maker}.", reveal.text.strip()]
    if reveal.successor:
        told.append(f"Use `{reveal.successor}` instead.")
    return " ".join(filter(None, told))


def day(at_us: int) -> str:
    """`11 February 2026`."""
    return _utc(at_us).strftime("%-d %B %Y")


def moment(at_us: int) -> str:
    """`11 February 2026, 16:00 UTC`."""
    return _utc(at_us).strftime("%-d %B %Y, %H:%M UTC")


def _utc(at_us: int) -> datetime:
    return datetime.fromtimestamp(at_us / 1_000_000, UTC)
