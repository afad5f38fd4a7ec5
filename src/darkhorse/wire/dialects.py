"""Every dialect we speak, by name."""

from collections.abc import Mapping

from darkhorse.wire.chat import answer as chat_answer
from darkhorse.wire.chat import engine as chat_engine
from darkhorse.wire.chat import request as chat_request
from darkhorse.wire.completions import answer as completions_answer
from darkhorse.wire.completions import engine as completions_engine
from darkhorse.wire.completions import request as completions_request
from darkhorse.wire.dialect import Client, Engine
from darkhorse.wire.embeddings import answer as embeddings_answer
from darkhorse.wire.embeddings import engine as embeddings_engine
from darkhorse.wire.embeddings import request as embeddings_request
from darkhorse.wire.messages import answer as messages_answer
from darkhorse.wire.messages import engine as messages_engine
from darkhorse.wire.messages import failures as messages_failures
from darkhorse.wire.messages import request as messages_request
from darkhorse.wire.responses import answer as responses_answer
from darkhorse.wire.responses import engine as responses_engine
from darkhorse.wire.responses import request as responses_request

__all__ = ["CLIENTS", "EMBEDDINGS", "ENGINES"]

CLIENTS: Mapping[str, Client] = {
    "chat": Client(
        parse=chat_request.parse, answer=chat_answer.ChatAnswer, error=chat_answer.error_body
    ),
    "completions": Client(
        parse=completions_request.parse,
        answer=completions_answer.CompletionsAnswer,
        error=completions_answer.error_body,
    ),
    "messages": Client(
        parse=messages_request.parse,
        answer=messages_answer.MessagesAnswer,
        error=messages_failures.error_body,
        count=messages_request.parse_count,
    ),
    "responses": Client(
        parse=responses_request.parse,
        answer=responses_answer.ResponsesAnswer,
        error=chat_answer.error_body,
    ),
    "embeddings": Client(
        parse=embeddings_request.parse,
        answer=embeddings_answer.EmbeddingsAnswer,
        error=chat_answer.error_body,
    ),
}
"""By the name that a record keeps as its dialect."""

EMBEDDINGS = embeddings_engine.ENGINE
"""What an engine is asked for vectors in, whatever else it speaks."""

ENGINES: Mapping[str, Engine] = {
    "chat": chat_engine.ENGINE,
    "completions": completions_engine.ENGINE,
    "messages": messages_engine.ENGINE,
    "responses": responses_engine.ENGINE,
}
"""By the word in an endpoint's `dialect`."""
