"""OpenAI's SDK for Python, responses. The server keeps nothing: each turn sends all before."""

import openai
from forecast import NAME, RESPONSES_TOOLS, RESULT, WEATHER
from given import ASK, BASE, KEY, PARAMETERS, WRONG_KEY, Workplace, error, schema_of, tell
from pydantic import BaseModel

client = openai.OpenAI(base_url=BASE, api_key=KEY)
TOOLS = [
    {"type": "function", "name": name, "parameters": schema_of(name), "strict": False}
    for name in PARAMETERS
]


class Trip(BaseModel):
    city: str
    days: int


def models(_):
    return {"models": [each.id for each in client.models.list()]}


def chat(model):
    answer = client.responses.create(model=model, input="hi")
    return {"text": answer.output_text, "tokens": answer.usage.output_tokens}


def stream(model):
    with client.responses.stream(model=model, input="hi") as events:
        pieces = [each.delta for each in events if each.type == "response.output_text.delta"]
        answer = events.get_final_response()
    return {
        "text": answer.output_text,
        "pieces": len(pieces),
        "tokens": answer.usage.output_tokens,
    }


def loop(answered):
    workplace, items = Workplace(), [{"role": "user", "content": ASK}]
    while True:
        answer = answered(items)
        items += [each.model_dump(exclude_none=True) for each in answer.output]
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
            return workplace.left(answer.output_text)


def tools(model):
    return loop(lambda items: client.responses.create(model=model, input=items, tools=TOOLS))


def tools_streamed(model):
    def answered(items):
        with client.responses.stream(model=model, input=items, tools=TOOLS) as events:
            return events.get_final_response()

    return loop(answered)


def force(choice, answered):
    """A call that has to be made, its result, and what is said of that."""
    items = [{"role": "user", "content": WEATHER}]
    first = answered(items, tool_choice=choice, parallel_tool_calls=False)
    (call,) = [each for each in first.output if each.type == "function_call"]
    items += [each.model_dump(exclude_none=True) for each in first.output]
    items.append({"type": "function_call_output", "call_id": call.call_id, "output": RESULT})
    text = answered(items, tool_choice="none").output_text
    return {"name": call.name, "arguments": call.arguments, "text": text}


def forced(model):
    def answered(items, **asked):
        return client.responses.create(model=model, input=items, tools=RESPONSES_TOOLS, **asked)

    return force({"type": "function", "name": NAME}, answered)


def forced_streamed(model):
    def answered(items, **asked):
        with client.responses.stream(
            model=model, input=items, tools=RESPONSES_TOOLS, **asked
        ) as events:
            return events.get_final_response()

    return force("required", answered)


def structured(model):
    answer = client.responses.parse(model=model, input="hi", text_format=Trip)
    return {"value": answer.output_parsed.model_dump()}


def structured_streamed(model):
    with client.responses.stream(model=model, input="hi", text_format=Trip) as events:
        answer = events.get_final_response()
    return {"value": answer.output_parsed.model_dump()}


def reasoning(model):
    return thought(client.responses.create(model=model, input="hi", reasoning={"effort": "low"}))


def reasoning_streamed(model):
    with client.responses.stream(model=model, input="hi", reasoning={"effort": "low"}) as events:
        return thought(events.get_final_response())


def thought(answer):
    thoughts = [each for each in answer.output if each.type == "reasoning"]
    said = "".join(part.text for each in thoughts for part in each.content or each.summary)
    return {"text": answer.output_text, "reasoning": said}


def wrong_key(model):
    try:
        openai.OpenAI(base_url=BASE, api_key=WRONG_KEY).responses.create(model=model, input="hi")
    except openai.AuthenticationError as e:
        return error(e, e.status_code)


def retired(model):
    try:
        client.responses.create(model=model, input="hi")
    except openai.NotFoundError as e:
        return error(e, e.status_code)


def broken_off(model):
    """What goes wrong is in the last response, or an event of its own."""
    said = ""
    for event in client.responses.create(model=model, input="hi", stream=True):
        if event.type == "response.output_text.delta":
            said += event.delta
        elif event.type == "response.failed":
            return {"text": said, "type": event.type, "message": event.response.error.message}
        elif event.type == "error":
            return {"text": said, "type": event.type, "message": event.message}
    return None


def cancel(model):
    with client.responses.create(model=model, input="hi", stream=True) as events:
        said = (each for each in events if each.type == "response.output_text.delta")
        return {"text": next(said).delta}


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
