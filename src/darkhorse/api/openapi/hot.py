"""The routes that begin generations, as the document has them: one for each dialect.

Fields and bounds come from the structs that read a body; by hand stands what these leave raw.
"""

from collections.abc import Callable

from msgspec import Struct

from darkhorse.api.openapi import chat, messages, responses
from darkhorse.api.openapi.document import Hot
from darkhorse.api.openapi.shapes import Schema
from darkhorse.api.operation import Operation
from darkhorse.base.errors import (
    BadUpstream,
    ContextExceeded,
    LedgerUnavailable,
    ModelDeprecated,
    NoEndpoints,
    OverLimit,
    PaymentRequired,
    RateLimited,
    RejectedByModel,
    Unavailable,
    UnfitAnswer,
    UnknownModel,
    UnsupportedByListing,
    UpstreamTimeout,
)

__all__ = ["hot_routes"]

_ERRORS = (
    *(UnknownModel, ContextExceeded, RejectedByModel, OverLimit, PaymentRequired),
    *(ModelDeprecated, UnsupportedByListing, NoEndpoints, UnfitAnswer, RateLimited),
    *(BadUpstream, Unavailable, LedgerUnavailable, UpstreamTimeout),
)
_JSON = "application/json"


class _Route(Struct, frozen=True, kw_only=True):
    id: str
    path: str
    summary: str
    tag: str
    request: Callable[[], Schema]
    answer: Schema
    streams: bool = True
    error: Schema | None = None  # where it is not our usual one


_ROUTES = (
    _Route(
        id="sendChatCompletionRequest",
        path="/chat/completions",
        summary="Continue a conversation",
        tag="Chat",
        request=chat.chat_request,
        answer=chat.CHAT_ANSWER,
    ),
    _Route(
        id="sendCompletionRequest",
        path="/completions",
        summary="Continue a text",
        tag="Completions",
        request=chat.completions_request,
        answer=chat.COMPLETIONS_ANSWER,
    ),
    _Route(
        id="createResponses",
        path="/responses",
        summary="Continue a conversation, in OpenAI's newer form",
        tag="Responses",
        request=responses.responses_request,
        answer=responses.RESPONSES_ANSWER,
    ),
    _Route(
        id="createMessages",
        path="/messages",
        summary="Continue a conversation, in Anthropic's form",
        tag="Anthropic Messages",
        request=messages.messages_request,
        answer=messages.MESSAGES_ANSWER,
        error=messages.MESSAGES_ERROR,
    ),
    _Route(
        id="countMessagesTokens",
        path="/messages/count_tokens",
        summary="Count a prompt in public tokens",
        tag="Anthropic Messages",
        request=messages.count_request,
        answer=messages.COUNT_ANSWER,
        streams=False,
        error=messages.MESSAGES_ERROR,
    ),
    _Route(
        id="createEmbeddings",
        path="/embeddings",
        summary="Turn texts into vectors",
        tag="Embeddings",
        request=chat.embeddings_request,
        answer=chat.EMBEDDINGS_ANSWER,
        streams=False,
    ),
)


def hot_routes() -> list[Hot]:
    return [_hot(route) for route in _ROUTES]


def _hot(route: _Route) -> Hot:
    operation = Operation(
        id=route.id,
        method="POST",
        path=route.path,
        summary=route.summary,
        tag=route.tag,
        media=(_JSON, "text/event-stream") if route.streams else (_JSON,),
        errors=_ERRORS,
    )
    return Hot(operation=operation, request=route.request(), answer=route.answer, error=route.error)
