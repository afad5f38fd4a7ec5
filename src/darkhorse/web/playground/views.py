"""What the playground's page shows: which listings, and what each of them takes. Pure."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from darkhorse.catalog.launch import PublicLaunch
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.media_limits import Taken
from darkhorse.web.playground.own_key import Held
from darkhorse.web.views.calls import calls

__all__ = ["Choice", "Number", "PlaygroundPage", "Side", "playground_page"]

_NUMBERS = (
    ("temperature", "Temperature", "0.1"),
    ("top_p", "Top p", "0.05"),
    ("max_tokens", "Longest answer, tokens", "1"),
    ("seed", "Seed", "1"),
    ("top_k", "Top k", "1"),
    ("min_p", "Min p", "0.05"),
    ("frequency_penalty", "Frequency penalty", "0.1"),
    ("presence_penalty", "Presence penalty", "0.1"),
    ("repetition_penalty", "Repetition penalty", "0.1"),
)
_SAFE = 2**53 - 1  # what a script can count to
_KINDS = ("image", "audio", "video", "file")
_MEDIA = {"image": "images", "audio": "sounds", "video": "videos", "file": "files"}


class Choice(Struct, frozen=True):
    """A live listing to choose."""

    slug: str
    title: str


class Number(Struct, frozen=True, kw_only=True):
    """A parameter that is a number, and what of it is taken."""

    name: str
    label: str
    step: str
    least: float
    most: float


class Side(Struct, frozen=True, kw_only=True):
    """One listing that is tried: a column of the page."""

    slug: str
    title: str
    told: str  # what is logged


class PlaygroundPage(Struct, frozen=True, kw_only=True):
    """`sides`: none, one or two. `island`: what the scripts read. `to`: where a key leads back."""

    choices: tuple[Choice, ...]
    sides: tuple[Side, ...]
    has_key: bool
    problem: str
    to: str
    asked: str = ""  # a listing that was asked for and is not live
    numbers: tuple[Number, ...] = ()
    efforts: tuple[str, ...] = ()
    has_stop: bool = False
    has_tools: bool = False
    has_forms: bool = False
    media: str = ""  # `images and sounds`; empty where no listing takes any
    accept: str = ""
    curl: str = ""
    island: dict[str, Any] = {}


def playground_page(
    live: Sequence[PublicLaunch], held: Held, model: str, other: str, here: str, problem: str = ""
) -> PlaygroundPage:
    """`model` and `other` are names as an address has them; what is not live is left out."""
    listings = [each.listing for each in live if "text" in each.listing.output]
    chosen = _chosen(listings, model, other)
    return PlaygroundPage(
        choices=tuple(Choice(each.slug, each.title) for each in listings),
        sides=tuple(Side(slug=each.slug, title=each.title, told=each.told) for each in chosen),
        has_key=held.key is not None,
        problem=problem or held.problem,
        to=_address(chosen),
        asked=model if model and _find(listings, model) is None else "",
        numbers=tuple(_numbers(chosen)),
        efforts=_efforts(chosen),
        has_stop=_any_takes(chosen, "stop"),
        has_tools=_any_takes(chosen, "tools"),
        has_forms=_any_takes(chosen, "response_format"),
        media=" and ".join(_MEDIA[kind] for kind in _kinds(chosen)),
        accept=",".join(_accepted(chosen)),
        curl=calls(chosen[0], here)[0].text if chosen else "",
        island={"sides": [_told_to_script(each) for each in chosen]},
    )


def _chosen(listings: Sequence[Listing], model: str, other: str) -> list[Listing]:
    first = _find(listings, model) or (listings[0] if listings and not model else None)
    second = _find(listings, other) if other else None
    if first is None:
        return [second] if second else []
    return [first] if second is None or second is first else [first, second]


def _find(listings: Sequence[Listing], name: str) -> Listing | None:
    return next((each for each in listings if name in each.names), None)


def _address(chosen: Sequence[Listing]) -> str:
    pairs = zip(("model", "other"), chosen, strict=False)
    query = "&".join(f"{name}={each.slug}" for name, each in pairs)
    return f"/playground?{query}" if query else "/playground"


def _any_takes(chosen: Sequence[Listing], parameter: str) -> bool:
    return any(parameter in each.honoured for each in chosen)


def _numbers(chosen: Sequence[Listing]) -> list[Number]:
    """Those that any takes, with the widest range; what one does not take it is not sent."""
    found = []
    for name, label, step in _NUMBERS:
        ranges = [_range(each, name) for each in chosen if name in each.honoured]
        if ranges:
            least, most = min(low for low, _ in ranges), max(high for _, high in ranges)
            found.append(Number(name=name, label=label, step=step, least=least, most=most))
    return found


def _range(listing: Listing, name: str) -> tuple[float, float]:
    low, high = getattr(listing.ranges, name)
    if name == "max_tokens":
        high = min(high, listing.max_output)
    return max(low, -_SAFE), min(high, _SAFE)


def _efforts(chosen: Sequence[Listing]) -> tuple[str, ...]:
    """In their order; `none` where thinking can be turned off."""
    reasoning = [each for each in chosen if "reasoning" in each.honoured]
    if not reasoning:
        return ()
    words = dict.fromkeys(word for each in reasoning for word in each.efforts)
    off = () if all(each.reasoning_always for each in reasoning) else ("none",)
    return (*off, *words)


def _kinds(chosen: Sequence[Listing]) -> list[str]:
    return [kind for kind in _KINDS if any(kind in each.input for each in chosen)]


def _accepted(chosen: Sequence[Listing]) -> list[str]:
    """For a file picker: `.png`, …"""
    formats = dict.fromkeys(
        name for each in chosen for kind in _kinds([each]) for name in _taken(each, kind).formats
    )
    more = {"jpeg": (".jpg",), "text": (".txt", ".md", ".csv", ".json"), "mpeg": (".mpg",)}
    return [end for name in formats for end in (f".{name}", *more.get(name, ()))]


def _taken(listing: Listing, kind: str) -> Taken:
    taken: Taken = getattr(listing.media, kind)
    return taken


def _told_to_script(listing: Listing) -> dict[str, Any]:
    """What the form must know of a listing to send it what it takes."""
    return {
        "slug": listing.slug,
        "title": listing.title,
        "takes": sorted(listing.honoured),
        "efforts": list(listing.efforts),
        "always": listing.reasoning_always,
        "media": {
            kind: {
                "bytes": _taken(listing, kind).max_bytes,
                "count": _taken(listing, kind).max_count,
                "formats": list(_taken(listing, kind).formats),
            }
            for kind in _kinds([listing])
        },
    }
