"""Anthropic's SDK for Python, messages, pointed at us as OpenRouter says to point it."""

import anthropic
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


def structured(model):
    answer = client.messages.parse(model=model, max_tokens=LIMIT, messages=HI, output_format=Trip)
    return {"value": answer.parsed_output.model_dump()}


def reasoning(model):
    thinking = {"type": "enabled", "budget_tokens": LIMIT}
    answer = client.messages.create(
        model=model, max_tokens=4 * LIMIT, messages=HI, thinking=thinking
    )
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
        "structured": structured,
        "reasoning": reasoning,
        "wrong key": wrong_key,
        "retired": retired,
        "broken off": broken_off,
        "cancel": cancel,
    }
)
