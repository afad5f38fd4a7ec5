"""One generation for whoever made it: what was asked, what was answered, and how it went."""

from collections.abc import Callable

from markupsafe import Markup
from msgspec import Struct, structs

from darkhorse.base.clock import Clock
from darkhorse.base.errors import RateLimited
from darkhorse.base.places import Places
from darkhorse.catalog.rhythm import USUAL_RHYTHM
from darkhorse.storage.accounting import (
    ContentGone,
    ContentLate,
    GenerationContent,
    GenerationFacts,
    Generations,
    OwnGeneration,
)
from darkhorse.web.activity.flowing import Rhythms, has_flowed
from darkhorse.web.activity.views import Row, row_of
from darkhorse.web.answers import answer_html
from darkhorse.web.talk import Call, Talk, calls_of, talk_of

__all__ = ["Content", "GenerationPage", "OneGeneration"]

_LATE = "It has ended, and its content is not at hand yet. Load this page again in a moment."
_BUSY = "Your key's other pages are being read. Load this one again in a moment."
_READ, _SHARE = 64, 2  # at once: in all, and of one key
_GONE = "What was asked and answered is no longer kept."


class Content(Struct, frozen=True, kw_only=True):
    """`answer` is sanitised HTML; all else is a stranger's text."""

    talk: Talk
    answer: Markup | str
    reasoning: str
    refusal: str
    calls: tuple[Call, ...]


class GenerationPage(Struct, frozen=True, kw_only=True):
    """`content` is None where `problem` says why."""

    row: Row
    reasoning_tokens: int
    dialect: str
    is_streamed: bool
    app: str
    content: Content | None = None
    problem: str = ""


class OneGeneration:
    """Looks one up. Another key's is not found, nor one whose answer still flows."""

    def __init__(self, generations: Generations, clock: Clock) -> None:
        self._generations = generations
        self._clock = clock
        self._places = Places(most=_READ, share=_SHARE)

    async def page(self, generation: str, key: str, rhythms: Rhythms) -> GenerationPage | None:
        """None: none of this key's that has ended has this id."""
        facts = await self._generations.facts(generation, key)
        if facts is None:
            return None
        rhythm = rhythms.get(facts.listing, USUAL_RHYTHM)
        flowed = has_flowed(
            rhythm,
            at_us=facts.at_us,
            tokens=facts.completion_tokens,
            duration_ms=facts.duration_ms,
            now_us=self._clock.now_us(),
        )
        if not flowed:
            return None
        if rhythm.is_paced:
            facts = structs.replace(facts, first_token_ms=None, duration_ms=None)
        try:
            content = await self._content(generation, key)
        except ContentLate:
            return _page(facts, None, _LATE)
        except ContentGone:
            return _page(facts, None, _GONE)
        except RateLimited as e:
            return _page(facts, None, e.message)
        return _page(facts, content, "" if content else _GONE)

    async def _content(self, generation: str, key: str) -> Content | None:
        """A share of the threads for each key: a hostile answer takes long to be made a page."""
        with self._places.one(key) as is_free:
            if not is_free:
                raise RateLimited(_BUSY)
            return await self._generations.content(generation, key, _content(self._clock))


def _content(clock: Clock) -> Callable[[GenerationContent], Content]:
    """Called in the thread that has read it."""

    def show(found: GenerationContent) -> Content:
        answer = found.answer
        return Content(
            talk=talk_of(found.dialect, found.request),
            answer=answer_html(answer.content, clock) if answer.content else "",
            reasoning=answer.reasoning,
            refusal=answer.refusal,
            calls=calls_of(answer),
        )

    return show


def _page(facts: GenerationFacts, content: Content | None, problem: str) -> GenerationPage:
    own = OwnGeneration(**{name: getattr(facts, name) for name in OwnGeneration.__struct_fields__})
    return GenerationPage(
        row=row_of(own),
        reasoning_tokens=facts.reasoning_tokens,
        dialect=facts.dialect,
        is_streamed=facts.streamed,
        app=facts.app_title or facts.app_url,
        content=content,
        problem=problem,
    )
