"""Pydantic AI: an agent over one of its three models that can be pointed at us.

WAY: chat, responses or openrouter.
"""

import asyncio
import os

from given import ASK, BASE, KEY, TEXTS, WRONG_KEY, Workplace, error, tell
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent, Embedder, ModelHTTPError, NativeOutput, PromptedOutput, ThinkingPart
from pydantic_ai.embeddings.openai import OpenAIEmbeddingModel
from pydantic_ai.exceptions import ModelAPIError
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.models.openrouter import OpenRouterModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openrouter import OpenRouterProvider

KINDS = {"chat": OpenAIChatModel, "responses": OpenAIResponsesModel}
WAY = os.environ["WAY"]


class Trip(BaseModel):
    city: str
    days: int


def pointed(model, key=KEY):
    if WAY == "openrouter":
        by = AsyncOpenAI(base_url=BASE, api_key=key)
        return OpenRouterModel(model, provider=OpenRouterProvider(openai_client=by))
    return KINDS[WAY](model, provider=OpenAIProvider(base_url=BASE, api_key=key))


def chat(model):
    answer = Agent(pointed(model)).run_sync("hi")
    return {"text": answer.output, "tokens": answer.usage.output_tokens}


def stream(model):
    async def read():
        async with Agent(pointed(model)).run_stream("hi") as answer:
            pieces = [each async for each in answer.stream_text(delta=True, debounce_by=None)]
            return pieces, answer.usage.output_tokens

    pieces, tokens = asyncio.run(read())
    return {"text": "".join(pieces), "pieces": len(pieces), "tokens": tokens}


def workers(model):
    workplace = Workplace()
    own = [workplace.read_file, workplace.write_file, workplace.run_command]
    return workplace, Agent(pointed(model), tools=own)


def tools(model):
    workplace, agent = workers(model)
    return workplace.left(agent.run_sync(ASK).output)


def tools_streamed(model):
    workplace, agent = workers(model)

    async def work():
        async with agent.run_stream(ASK) as answer:
            return await answer.get_output()

    return workplace.left(asyncio.run(work()))


def structured(model):
    # It knows no model of ours, and so asks one of OpenRouter's for a schema in words.
    kind = PromptedOutput if WAY == "openrouter" else NativeOutput
    answer = Agent(pointed(model), output_type=kind(Trip)).run_sync("hi")
    return {"value": answer.output.model_dump()}


def reasoning(model):
    answer = Agent(pointed(model)).run_sync("hi")
    thoughts = [
        part.content or "".join(part.provider_details["raw_content"])
        for message in answer.new_messages()
        for part in message.parts
        if isinstance(part, ThinkingPart)
    ]
    return {"text": answer.output, "reasoning": "".join(thoughts)}


def embeddings(model):
    by = OpenAIEmbeddingModel(model, provider=OpenAIProvider(base_url=BASE, api_key=KEY))
    return {"vectors": Embedder(by).embed_documents_sync(TEXTS).embeddings}


def wrong_key(model):
    try:
        Agent(pointed(model, WRONG_KEY)).run_sync("hi")
    except ModelHTTPError as e:
        return error(e, e.status_code)


def retired(model):
    try:
        Agent(pointed(model)).run_sync("hi")
    except ModelHTTPError as e:
        return error(e, e.status_code)


def broken_off(model):
    said = []

    async def read():
        async with Agent(pointed(model)).run_stream("hi") as answer:
            async for piece in answer.stream_text(delta=True, debounce_by=None):
                said.append(piece)  # noqa: PERF401 (what came before the error is asked for)

    try:
        asyncio.run(read())
    except ModelAPIError as e:
        return {"text": "".join(said), **error(e)}


def cancel(model):
    async def read():
        async with Agent(pointed(model)).run_stream("hi") as answer:
            async for piece in answer.stream_text(delta=True, debounce_by=None):
                await answer.cancel()
                return piece
        return None

    return {"text": asyncio.run(read())}


tell(
    {
        "chat": chat,
        "stream": stream,
        "tools": tools,
        "tools streamed": tools_streamed,
        "structured": structured,
        "reasoning": reasoning,
        "embeddings": embeddings,
        "wrong key": wrong_key,
        "retired": retired,
        "broken off": broken_off,
        "cancel": cancel,
    }
)
