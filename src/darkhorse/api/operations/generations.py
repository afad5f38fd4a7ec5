"""One generation after its end: facts, content, feedback. Tokens are public tokens everywhere."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from starlette.responses import Response

from darkhorse.accounts.reports import COMMENT, ReportDesk
from darkhorse.api.operation import Ask, Operation
from darkhorse.api.operations.content import ContentAnswer, Outbox, content_answer
from darkhorse.base.errors import Conflict, RateLimited, Unavailable, UnknownRoute
from darkhorse.storage.accounting import ContentGone, ContentLate, GenerationFacts, Generations
from darkhorse.storage.reports import Category

__all__ = ["generation_operations"]

_OUTBOX_BYTES = 128 * 1024 * 1024
_LATER_S = 5

_ID = Annotated[str, Meta(min_length=1, max_length=200, description="`gen-…`, as its answer said.")]


class GenerationQuery(Struct, frozen=True):
    """Which one."""

    id: _ID


class GenerationData(Struct, frozen=True, kw_only=True):
    """OpenRouter's metadata of a generation. What only an engine could tell is null.

    `native_…` are public tokens as well: clients that show token counts read them from there.
    """

    id: str
    request_id: str | None = None
    upstream_id: str | None = None
    model: str
    provider_name: str | None = "Stealth"
    provider_responses: tuple[dict[str, Any], ...] | None = None
    api_type: Literal["completions", "embeddings"] | None
    router: str | None = None
    origin: str
    http_referer: str | None
    user_agent: str | None
    app_id: int | None
    preset_id: str | None = None
    workspace_id: str | None = None
    external_user: str | None = None
    session_id: str | None = None
    data_region: Literal["global"] = "global"
    created_at: str
    streamed: bool | None
    cancelled: bool | None
    is_byok: bool = False
    finish_reason: str | None
    native_finish_reason: str | None
    latency: float | None  # ms to the first token, since admission
    generation_time: float | None  # ms in all
    moderation_latency: float | None = None
    tokens_prompt: int | None
    tokens_completion: int | None
    native_tokens_prompt: int | None
    native_tokens_completion: int | None
    native_tokens_reasoning: int | None
    native_tokens_cached: int | None = 0
    native_tokens_completion_images: int | None = None
    num_media_prompt: int | None = None
    num_media_completion: int | None = None
    num_input_audio_prompt: int | None = None
    num_search_results: int | None = None
    num_fetches: int | None = None
    web_search_engine: str | None = None
    usage: float  # US dollars, like the next
    total_cost: float
    upstream_inference_cost: float | None = None
    cache_discount: float | None = None
    service_tier: str | None = None
    response_cache_source_id: str | None = None


class GenerationAnswer(Struct, frozen=True):
    """One generation."""

    data: GenerationData


class FeedbackBody(Struct, frozen=True, kw_only=True):
    """What somebody says of a generation."""

    generation_id: _ID
    category: Category
    comment: Annotated[str, Meta(max_length=COMMENT)] = ""


class Success(Struct, frozen=True):
    """It was stored."""

    success: Literal[True] = True


class SuccessAnswer(Struct, frozen=True):
    """It was stored."""

    data: Success = Success()


def generation_operations(generations: Generations, desk: ReportDesk) -> list[Operation]:
    """Lookups for whoever made a generation, and feedback for whoever manages the server."""
    records = _Records(generations, desk)
    return [
        Operation(
            id="getGeneration",
            method="GET",
            path="/generation",
            summary="Show one generation of this key; a management key may see any",
            tag="Generations",
            query=GenerationQuery,
            answer=GenerationAnswer,
            errors=(UnknownRoute,),
            handler=records.facts,
        ),
        Operation(
            id="listGenerationContent",
            method="GET",
            path="/generation/content",
            summary="Show what one generation of this key was asked, and what it answered",
            tag="Generations",
            query=GenerationQuery,
            answer=ContentAnswer,
            errors=(UnknownRoute, RateLimited, Unavailable),
            handler=records.content,
        ),
        Operation(
            id="submitGenerationFeedback",
            method="POST",
            path="/generation/feedback",
            summary="Flag a generation, once",
            tag="Generations",
            access="management",
            body=FeedbackBody,
            answer=SuccessAnswer,
            errors=(UnknownRoute, Conflict),
            handler=records.feedback,
        ),
    ]


class _Records:
    """The handlers."""

    def __init__(self, generations: Generations, desk: ReportDesk) -> None:
        self._generations = generations
        self._desk = desk
        self._outbox = Outbox(_OUTBOX_BYTES)

    async def facts(self, ask: Ask) -> GenerationAnswer:
        whose = None if ask.caller.kind == "management" else ask.caller.hash
        return GenerationAnswer(_data(await self._found(ask.query.id, whose)))

    async def content(self, ask: Ask) -> Response:
        try:
            shown = await self._generations.content(ask.query.id, ask.caller.hash, content_answer)
        except ContentGone:
            raise UnknownRoute("Its content is no longer kept.") from None
        except ContentLate:
            raise Unavailable(
                "It has ended, and its content is not at hand yet; try again shortly.",
                retry_after=_LATER_S,
            ) from None
        if shown is None:
            raise _no_generation()
        return self._outbox.answer(shown)

    async def feedback(self, ask: Ask) -> SuccessAnswer:
        body: FeedbackBody = ask.body
        found = await self._found(body.generation_id, None)

        def comment() -> bool:
            return self._desk.comment(
                generation=found.id,
                listing=found.listing,
                key=ask.caller.hash,
                category=body.category,
                comment=body.comment,
            )

        if not await asyncio.to_thread(comment):
            raise Conflict("That generation has feedback already.")
        return SuccessAnswer()

    async def _found(self, generation: str, whose: str | None) -> GenerationFacts:
        found = await self._generations.facts(generation, whose)
        if found is None:
            raise _no_generation()
        return found


def _no_generation() -> UnknownRoute:
    return UnknownRoute("No finished generation of yours has that id.")


def _data(found: GenerationFacts) -> GenerationData:
    dollars = found.micro_usd / 1_000_000
    return GenerationData(
        id=found.id,
        model=found.listing,
        api_type="embeddings" if found.dialect == "embeddings" else "completions",
        origin=found.app_url,
        http_referer=found.app_url or None,
        user_agent=found.user_agent or None,
        app_id=found.app,
        created_at=_iso(found.at_us),
        streamed=found.streamed,
        cancelled=found.outcome == "cancelled",
        finish_reason=found.finish,
        native_finish_reason=found.finish,
        latency=found.first_token_ms,
        generation_time=found.duration_ms,
        tokens_prompt=found.prompt_tokens,
        tokens_completion=found.completion_tokens,
        native_tokens_prompt=found.prompt_tokens,
        native_tokens_completion=found.completion_tokens,
        native_tokens_reasoning=found.reasoning_tokens,
        usage=dollars,
        total_cost=dollars,
    )


def _iso(at_us: int) -> str:
    at = datetime.fromtimestamp(at_us / 1_000_000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
