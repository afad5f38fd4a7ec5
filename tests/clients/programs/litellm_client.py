"""LiteLLM as a client, of OpenRouter by its name: chat.

Streams by its asynchronous call: the other leaves a response it has not read to the end to the
garbage collector, which may come while httpcore holds the lock that closing the response takes.
"""

import asyncio

import litellm
from given import BASE, DO, HI, KEY, TEXTS, WRONG_KEY, Workplace, chat_tools, error, tell
from pydantic import BaseModel

litellm.suppress_debug_info = True


class Trip(BaseModel):
    city: str
    days: int


def asked(model, messages, key=KEY):
    name = f"openrouter/{model}"
    return {"model": name, "api_base": BASE, "api_key": key, "messages": messages}


def ask(model, messages, key=KEY, **more):
    return litellm.completion(**asked(model, messages, key), **more)


def chat(model):
    answer = ask(model, HI)
    return {"text": answer.choices[0].message.content, "tokens": answer.usage.completion_tokens}


async def streamed(model, messages, **more):
    return [each async for each in await begin(model, messages, **more)]


def begin(model, messages, **more):
    return litellm.acompletion(**asked(model, messages), stream=True, **more)


def stream(model):
    chunks = asyncio.run(streamed(model, HI, stream_options={"include_usage": True}))
    pieces = [each.choices[0].delta.content for each in chunks if each.choices]
    whole = litellm.stream_chunk_builder(chunks)
    return {
        "text": whole.choices[0].message.content,
        "pieces": len([each for each in pieces if each]),
        "tokens": whole.usage.completion_tokens,
    }


def loop(answered):
    workplace, messages = Workplace(), list(DO)
    while calls := (message := answered(messages)).tool_calls:
        messages.append(message)
        messages += [
            {
                "role": "tool",
                "tool_call_id": call.id,
                "content": workplace.carry_out(call.function.name, call.function.arguments),
            }
            for call in calls
        ]
    return workplace.left(message.content)


def tools(model):
    return loop(lambda told: ask(model, told, tools=chat_tools()).choices[0].message)


def tools_streamed(model):
    def answered(messages):
        chunks = asyncio.run(streamed(model, messages, tools=chat_tools()))
        return litellm.stream_chunk_builder(chunks).choices[0].message

    return loop(answered)


def structured(model):
    return {"json": ask(model, HI, response_format=Trip).choices[0].message.content}


def reasoning(model):
    message = ask(model, HI, reasoning_effort="low").choices[0].message
    return {"text": message.content, "reasoning": message.reasoning_content}


def embeddings(model):
    found = litellm.embedding(model=f"openrouter/{model}", api_base=BASE, api_key=KEY, input=TEXTS)
    return {"vectors": [each["embedding"] for each in found.data]}


def wrong_key(model):
    try:
        ask(model, HI, key=WRONG_KEY)
    except litellm.AuthenticationError as e:
        return error(e, e.status_code)


def retired(model):
    try:
        ask(model, HI)
    except litellm.NotFoundError as e:
        return error(e, e.status_code)


def broken_off(model):
    said = []

    async def read():
        async for chunk in await begin(model, HI):
            piece = chunk.choices[0].delta.content or ""
            said.append(piece)  # one by one: what came before the error is asked for

    try:
        asyncio.run(read())
    except (litellm.APIError, litellm.exceptions.MidStreamFallbackError) as e:
        return {"text": "".join(said), **error(e)}


def cancel(model):
    async def read():
        chunks = await begin(model, HI)
        async for chunk in chunks:
            if said := chunk.choices[0].delta.content:
                await chunks.aclose()
                return {"text": said}
        return None

    return asyncio.run(read())


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
