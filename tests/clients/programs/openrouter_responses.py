"""OpenRouter's SDK for Python, responses."""

from forecast import NAME, RESPONSES_TOOLS, RESULT, WEATHER
from given import ASK, BASE, KEY, PARAMETERS, WRONG_KEY, Workplace, error, schema_of, tell
from openrouter import OpenRouter, errors

client = OpenRouter(api_key=KEY, server_url=BASE)
TOOLS = [{"type": "function", "name": name, "parameters": schema_of(name)} for name in PARAMETERS]


def text_of(answer):
    messages = [each for each in answer.output if each.type == "message"]
    return "".join(part.text for each in messages for part in each.content)


def streamed(**asked):
    """The events of an answer."""
    with client.responses.send(stream=True, **asked) as events:
        return list(events)


def last(events):
    return next(each.response for each in events if each.type == "response.completed")


def chat(model):
    answer = client.responses.send(model=model, input="hi")
    return {"text": text_of(answer), "tokens": int(answer.usage.output_tokens)}


def stream(model):
    events = streamed(model=model, input="hi")
    pieces = [each.delta for each in events if each.type == "response.output_text.delta"]
    tokens = int(last(events).usage.output_tokens)
    return {"text": "".join(pieces), "pieces": len(pieces), "tokens": tokens}


def loop(answered):
    workplace, items = Workplace(), [{"role": "user", "content": ASK}]
    while True:
        answer = answered(items)
        items += [each.model_dump(by_alias=True, exclude_none=True) for each in answer.output]
        calls = [each for each in answer.output if each.type == "function_call"]
        items += [
            {
                "type": "function_call_output",
                "call_id": call.call_id,
                "output": workplace.carry_out(call.name, call.arguments),
            }
            for call in calls
        ]
        if not calls:
            return workplace.left(text_of(answer))


def tools(model):
    return loop(lambda items: client.responses.send(model=model, input=items, tools=TOOLS))


def tools_streamed(model):
    return loop(lambda items: last(streamed(model=model, input=items, tools=TOOLS)))


def force(choice, answered):
    """A call that has to be made, its result, and what is said of that."""
    items = [{"role": "user", "content": WEATHER}]
    first = answered(items, tool_choice=choice, parallel_tool_calls=False)
    (call,) = [each for each in first.output if each.type == "function_call"]
    items += [each.model_dump(by_alias=True, exclude_none=True) for each in first.output]
    items.append({"type": "function_call_output", "call_id": call.call_id, "output": RESULT})
    text = text_of(answered(items, tool_choice="none"))
    return {"name": call.name, "arguments": call.arguments, "text": text}


def forced(model):
    def answered(items, **asked):
        return client.responses.send(model=model, input=items, tools=RESPONSES_TOOLS, **asked)

    return force({"type": "function", "name": NAME}, answered)


def forced_streamed(model):
    def answered(items, **asked):
        return last(streamed(model=model, input=items, tools=RESPONSES_TOOLS, **asked))

    return force("required", answered)


def reasoning(model):
    return thought(client.responses.send(model=model, input="hi", reasoning={"effort": "low"}))


def reasoning_streamed(model):
    return thought(last(streamed(model=model, input="hi", reasoning={"effort": "low"})))


def thought(answer):
    thoughts = [each for each in answer.output if each.type == "reasoning"]
    said = "".join(part.text for each in thoughts for part in each.content or each.summary)
    return {"text": text_of(answer), "reasoning": said}


def wrong_key(model):
    try:
        OpenRouter(api_key=WRONG_KEY, server_url=BASE).responses.send(model=model, input="hi")
    except errors.UnauthorizedResponseError as e:
        return error(e, e.status_code)


def retired(model):
    try:
        client.responses.send(model=model, input="hi")
    except errors.NotFoundResponseError as e:
        return error(e, e.status_code)


def broken_off(model):
    events = streamed(model=model, input="hi")
    said = "".join(each.delta for each in events if each.type == "response.output_text.delta")
    failed = next(each for each in events if each.type == "response.failed")
    return {"text": said, "type": failed.type, "message": failed.response.error.message}


def cancel(model):
    with client.responses.send(model=model, input="hi", stream=True) as events:
        said = (each.delta for each in events if each.type == "response.output_text.delta")
        return {"text": next(said)}


tell(
    {
        "chat": chat,
        "stream": stream,
        "tools": tools,
        "tools streamed": tools_streamed,
        "forced": forced,
        "forced streamed": forced_streamed,
        "reasoning": reasoning,
        "reasoning streamed": reasoning_streamed,
        "wrong key": wrong_key,
        "retired": retired,
        "broken off": broken_off,
        "cancel": cancel,
    }
)
