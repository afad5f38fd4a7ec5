"""What was found of what people wrote, with the words marked."""

import re
from collections.abc import Callable

from markupsafe import Markup, escape
from msgspec import Struct

from darkhorse.base.plain import plain
from darkhorse.storage.finding import Findings, Hit, IndexState
from darkhorse.web.desk.insight.views.rows import generation_path
from darkhorse.web.numbers import plural
from darkhorse.web.views.moments import Moment, second

__all__ = ["HitView", "SearchPage", "index_words", "marked", "search_page"]

_WORDS = re.compile(r'(?<!\S)(-?)(?:"([^"]*)"|([^\s"]+))')
_MOST_MARKED = 20  # words


class HitView(Struct, frozen=True):
    """`snippet` is escaped, with the words between <mark>."""

    href: str
    at: Moment
    listing: str
    snippet: Markup


class SearchPage(Struct, frozen=True, kw_only=True):
    """`asked` and `name` are what was typed."""

    asked: str = ""
    name: str = ""
    hits: tuple[HitView, ...] = ()
    is_complete: bool = True
    older: str = ""
    index: str = ""
    problem: str = ""
    command: str = ""


def search_page(
    asked: str, found: Findings, index: IndexState, limit: int, link: Callable[..., str]
) -> SearchPage:
    """Of a question and what was found. A page of `limit` hits has an `older` one behind it."""
    marks = _marks(asked)
    hits = tuple(_hit(each, marks) for each in found.hits)
    older = link(until=found.hits[-1].at_us) if len(hits) >= limit else ""
    return SearchPage(
        asked=asked, hits=hits, is_complete=found.complete, older=older, index=index_words(index)
    )


def index_words(index: IndexState) -> str:
    """How far the index is, as a sentence."""
    if not index.upto_us:
        return "Nothing is indexed yet: what people write can be found some minutes after it came."
    upto = f"Requests up to {second(index.upto_us).text} can be found"
    behind = f"; {plural(index.behind, 'record')} to go" if index.behind else ""
    lost = f"; {index.unreadable:,} could not be read" if index.unreadable else ""
    return f"{upto}{behind}{lost}."


def marked(text: str, words: str) -> Markup:
    """Escaped first; then the words that were asked for stand between <mark>."""
    return _mark(text, _marks(words))


def _hit(hit: Hit, marks: "re.Pattern[str] | None") -> HitView:
    return HitView(
        generation_path(hit.generation), second(hit.at_us), hit.listing, _mark(hit.snippet, marks)
    )


def _mark(text: str, marks: "re.Pattern[str] | None") -> Markup:
    text = plain(text)
    if marks is None:
        return escape(text)
    made, at = Markup(), 0
    for found in marks.finditer(text):
        made += escape(text[at : found.start()]) + Markup("<mark>{}</mark>").format(found.group())
        at = found.end()
    return made + escape(text[at:])


def _marks(asked: str) -> "re.Pattern[str] | None":
    """What the words look like in a text; `begin*` goes on to the end of its word."""
    parts = []
    for no, phrase, word in _WORDS.findall(asked):
        given = phrase or word
        stem = given.rstrip("*")
        pieces = re.findall(r"\w+", stem)
        if no or not pieces:
            continue
        body = r"\W+".join(map(re.escape, pieces))
        parts.append(body + (r"\w*" if given != stem else ""))
    parts = parts[:_MOST_MARKED]
    if not parts:
        return None
    return re.compile("|".join(sorted(parts, key=len, reverse=True)), re.IGNORECASE)
