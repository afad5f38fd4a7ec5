"""Anthropic's SDK for Python, messages, pointed at us as OpenRouter says to point it."""

import json

import anthropic
from forecast import MESSAGES_TOOLS, NAME, RESULT, WEATHER
from given import ASK, HI, KEY, PARAMETERS, SERVER, WRONG_KEY, Workplace, error, schema_of, tell
from pydantic import BaseModel

BASE = f"{SERVER}/api"
LIMIT = 1024
client = anthropic.Anthropic(base_url=BASE, auth_token=KEY)
TOOLS = [{"name": name, "input_schema": schema_of(name)} for name in PARAMETERS]


class Trip(BaseModel):
    city: str
    days: int


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def models(_):
    return {"models": [each.id for each in client.models.list()]}


def chat(model):
    answer = client.messages.create(model=model, max_tokens=LIMIT, messages=HI)
    return {"text": text_of(answer), "tokens": answer.usage.output_tokens}


def stream(model):
    with client.messages.stream(model=model, max_tokens=LIMIT, messages=HI) as events:
        pieces = list(events.text_stream)
        answer = events.get_final_message()
    return {"text": text_of(answer), "pieces": len(pieces), "tokens": answer.usage.output_tokens}


def loop(answered):
    workplace, messages = Workplace(), [{"role": "user", "content": ASK}]
    while (answer := answered(messages)).stop_reason == "tool_use":
        messages.append({"role": "assistant", "content": answer.content})
        results = [
            {
                "type": "tool_result",
                "tool_use_id": block.id,
                "content": workplace.carry_out(block.name, block.input),
            }
            for block in answer.content
            if block.type == "tool_use"
        ]
        messages.append({"role": "user", "content": results})
    return workplace.left(text_of(answer))


def tools(model):
    def answered(messages):
        return client.messages.create(model=model, max_tokens=LIMIT, messages=messages, tools=TOOLS)

    return loop(answered)


def tools_streamed(model):
    def answered(messages):
        with client.messages.stream(
            model=model, max_tokens=LIMIT, messages=messages, tools=TOOLS
        ) as events:
            return events.get_final_message()

    return loop(answered)


def force(choice, answered):
    """A call that has to be made, its result, and what is said of that."""
    messages = [{"role": "user", "content": WEATHER}]
    first = answered(messages, tool_choice={**choice, "disable_parallel_tool_use": True})
    (call,) = [block for block in first.content if block.type == "tool_use"]
    result = {"type": "tool_result", "tool_use_id": call.id, "content": RESULT}
    messages.append({"role": "assistant", "content": first.content})
    messages.append({"role": "user", "content": [result]})
    text = text_of(answered(messages, tool_choice={"type": "none"}))
    return {"name": call.name, "arguments": json.dumps(call.input), "text": text}


def forced(model):
    def answered(messages, **asked):
        return client.messages.create(
            model=model, max_tokens=LIMIT, messages=messages, tools=MESSAGES_TOOLS, **asked
        )

    return force({"type": "tool", "name": NAME}, answered)


def forced_streamed(model):
    def answered(messages, **asked):
        with client.messages.stream(
            model=model, max_tokens=LIMIT, messages=messages, tools=MESSAGES_TOOLS, **asked
        ) as events:
            return events.get_final_message()

    return force({"type": "any"}, answered)


def structured(model):
    answer = client.messages.parse(model=model, max_tokens=LIMIT, messages=HI, output_format=Trip)
    return {"value": answer.parsed_output.model_dump()}


def structured_streamed(model):
    with client.messages.stream(
        model=model, max_tokens=LIMIT, messages=HI, output_format=Trip
    ) as events:
        return {"value": events.get_final_message().parsed_output.model_dump()}


THINKS = {"max_tokens": 4 * LIMIT, "thinking": {"type": "enabled", "budget_tokens": LIMIT}}


def reasoning(model):
    return thought(client.messages.create(model=model, messages=HI, **THINKS))


def reasoning_streamed(model):
    with client.messages.stream(model=model, messages=HI, **THINKS) as events:
        return thought(events.get_final_message())


def thought(answer):
    thoughts = [block.thinking for block in answer.content if block.type == "thinking"]
    return {"text": text_of(answer), "reasoning": "".join(thoughts)}


def wrong_key(model):
    nobody = anthropic.Anthropic(base_url=BASE, auth_token=WRONG_KEY)
    try:
        nobody.messages.create(model=model, max_tokens=LIMIT, messages=HI)
    except anthropic.AuthenticationError as e:
        return error(e, e.status_code)


def retired(model):
    try:
        client.messages.create(model=model, max_tokens=LIMIT, messages=HI)
    except anthropic.NotFoundError as e:
        return error(e, e.status_code)


def broken_off(model):
    said = ""
    try:
        with client.messages.stream(model=model, max_tokens=LIMIT, messages=HI) as events:
            for piece in events.text_stream:
                said += piece
    except anthropic.APIError as e:
        return {"text": said, **error(e)}


def cancel(model):
    with client.messages.stream(model=model, max_tokens=LIMIT, messages=HI) as events:
        return {"text": next(iter(events.text_stream))}


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
        "wrong key": wrong_key,
        "retired": retired,
        "broken off": broken_off,
        "cancel": cancel,
    }
)
