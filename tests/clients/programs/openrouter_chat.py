"""OpenRouter's SDK for Python, chat."""

from forecast import CHAT_TOOLS, NAME, RESULT, WEATHER
from given import BASE, DO, HI, KEY, SCHEMA, TEXTS, WRONG_KEY, Workplace, chat_tools, error, tell
from openrouter import OpenRouter, components, errors

MANY = 1000
client = OpenRouter(api_key=KEY, server_url=BASE)


def models(_):
    """Page by page, as far as there are any."""
    found, page = [], client.models.list()
    while page and page.result.data:
        found += [each.id for each in page.result.data]
        assert len(found) < MANY, "the pages do not end"
        page = page.next()
    return {"models": found}


def chat(model):
    answer = client.chat.send(model=model, messages=HI)
    return {
        "text": answer.choices[0].message.content,
        "tokens": int(answer.usage.completion_tokens),
    }


def stream(model):
    with client.chat.send(model=model, messages=HI, stream=True) as chunks:
        seen = list(chunks)
    pieces = [each.choices[0].delta.content for each in seen if each.choices]
    pieces = [each for each in pieces if each]
    tokens = int(seen[-1].usage.completion_tokens)
    return {"text": "".join(pieces), "pieces": len(pieces), "tokens": tokens}


def loop(answered):
    """A message after the other until one calls nothing."""
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
    def answered(messages):
        answer = client.chat.send(model=model, messages=messages, tools=chat_tools())
        return answer.choices[0].message

    return loop(answered)


def tools_streamed(model):
    def answered(messages):
        with client.chat.send(
            model=model, messages=messages, tools=chat_tools(), stream=True
        ) as chunks:
            return put_together(each.choices[0].delta for each in chunks if each.choices)

    return loop(answered)


def force(choice, answered):
    """A call that has to be made, its result, and what is said of that."""
    messages = [{"role": "user", "content": WEATHER}]
    first = answered(messages, tool_choice=choice, parallel_tool_calls=False)
    (call,) = first.tool_calls
    messages += [first, {"role": "tool", "tool_call_id": call.id, "content": RESULT}]
    text = answered(messages, tool_choice="none").content
    return {"name": call.function.name, "arguments": call.function.arguments, "text": text}


def forced(model):
    def answered(messages, **asked):
        answer = client.chat.send(model=model, messages=messages, tools=CHAT_TOOLS, **asked)
        return answer.choices[0].message

    return force({"type": "function", "function": {"name": NAME}}, answered)


def forced_streamed(model):
    def answered(messages, **asked):
        with client.chat.send(
            model=model, messages=messages, tools=CHAT_TOOLS, stream=True, **asked
        ) as chunks:
            return put_together(each.choices[0].delta for each in chunks if each.choices)

    return force("required", answered)


def put_together(deltas):
    """The SDK leaves this to its user: a call's pieces share an index."""
    text, calls = "", {}
    for delta in deltas:
        text += delta.content or ""
        for piece in delta.tool_calls or []:
            call = calls.setdefault(piece.index, {"id": piece.id, "name": "", "arguments": ""})
            call["name"] += piece.function.name or ""
            call["arguments"] += piece.function.arguments or ""
    called = [
        {
            "id": call["id"],
            "type": "function",
            "function": {k: call[k] for k in ("name", "arguments")},
        }
        for call in calls.values()
    ]
    said = {"role": "assistant", "content": text, **({"tool_calls": called} if called else {})}
    return components.ChatAssistantMessage.model_validate(said)


TRIP = {
    "type": "json_schema",
    "json_schema": {"name": "trip", "strict": True, "schema": SCHEMA},
}


def structured(model):
    answer = client.chat.send(model=model, messages=HI, response_format=TRIP)
    return {"json": answer.choices[0].message.content}


def structured_streamed(model):
    with client.chat.send(model=model, messages=HI, response_format=TRIP, stream=True) as chunks:
        said = put_together(each.choices[0].delta for each in chunks if each.choices)
    return {"json": said.content}


def reasoning(model):
    answer = client.chat.send(model=model, messages=HI, reasoning={"effort": "low"})
    message = answer.choices[0].message
    return {"text": message.content, "reasoning": message.reasoning}


def reasoning_streamed(model):
    with client.chat.send(
        model=model, messages=HI, reasoning={"effort": "low"}, stream=True
    ) as chunks:
        deltas = [each.choices[0].delta for each in chunks if each.choices]
    thoughts = "".join(delta.reasoning or "" for delta in deltas)
    return {"text": put_together(deltas).content, "reasoning": thoughts}


def embeddings(model):
    found = client.embeddings.generate(model=model, input=TEXTS)
    return {"vectors": [each.embedding for each in found.data]}


def wrong_key(model):
    try:
        OpenRouter(api_key=WRONG_KEY, server_url=BASE).chat.send(model=model, messages=HI)
    except errors.UnauthorizedResponseError as e:
        return error(e, e.status_code)


def retired(model):
    try:
        client.chat.send(model=model, messages=HI)
    except errors.NotFoundResponseError as e:
        return error(e, e.status_code)


def broken_off(model):
    """The SDK hands an error on as a chunk that has one."""
    said = ""
    with client.chat.send(model=model, messages=HI, stream=True) as chunks:
        for chunk in chunks:
            if chunk.error:
                return {"text": said, "type": "chunk.error", "message": chunk.error.message}
            said += chunk.choices[0].delta.content or ""
    return None


def cancel(model):
    with client.chat.send(model=model, messages=HI, stream=True) as chunks:
        said = (each.choices[0].delta.content for each in chunks)
        return {"text": next(each for each in said if each)}


def generation(model):
    answer = client.chat.send(model=model, messages=HI)
    told = client.generations.get_generation(id=answer.id).data
    return {"id": answer.id, "told": told.id, "model": told.model}


tell(
    {
        "list": models,
        "chat": chat,
        "stream": stream,
        "tools": tools,
        "tools streamed": tools_streamed,
        "forced": forced,
        "forced streamed": forced_streamed,
        "structured": structured,
        "structured streamed": structured_streamed,
        "reasoning": reasoning,
        "reasoning streamed": reasoning_streamed,
        "embeddings": embeddings,
        "wrong key": wrong_key,
        "retired": retired,
        "broken off": broken_off,
        "cancel": cancel,
        "generation": generation,
    }
)
