"""OpenAI's SDK for Python, chat completions."""

import openai
from forecast import CHAT_TOOLS, NAME, RESULT, WEATHER
from given import BASE, DO, HI, KEY, TEXTS, WRONG_KEY, Workplace, chat_tools, error, tell
from pydantic import BaseModel

client = openai.OpenAI(base_url=BASE, api_key=KEY)


class Trip(BaseModel):
    city: str
    days: int


def models(_):
    return {"models": [each.id for each in client.models.list()]}


def chat(model):
    answer = client.chat.completions.create(model=model, messages=HI)
    return {"text": answer.choices[0].message.content, "tokens": answer.usage.completion_tokens}


def stream(model):
    with client.chat.completions.stream(
        model=model, messages=HI, stream_options={"include_usage": True}
    ) as events:
        pieces = [each.delta for each in events if each.type == "content.delta"]
        answer = events.get_final_completion()
    return {
        "text": answer.choices[0].message.content,
        "pieces": len(pieces),
        "tokens": answer.usage.completion_tokens,
    }


def loop(answered):
    """A message after the other until one calls nothing."""
    workplace, messages = Workplace(), list(DO)
    while calls := (message := answered(messages)).tool_calls:
        messages.append(message.model_dump(exclude_none=True))
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
        answer = client.chat.completions.create(model=model, messages=messages, tools=chat_tools())
        return answer.choices[0].message

    return loop(answered)


def tools_streamed(model):
    def answered(messages):
        with client.chat.completions.stream(
            model=model, messages=messages, tools=chat_tools()
        ) as events:
            return events.get_final_completion().choices[0].message

    return loop(answered)


def force(choice, answered):
    """A call that has to be made, its result, and what is said of that."""
    messages = [{"role": "user", "content": WEATHER}]
    first = answered(messages, tool_choice=choice, parallel_tool_calls=False)
    (call,) = first.tool_calls
    messages.append(first.model_dump(exclude_none=True))
    messages.append({"role": "tool", "tool_call_id": call.id, "content": RESULT})
    text = answered(messages, tool_choice="none").content
    return {"name": call.function.name, "arguments": call.function.arguments, "text": text}


def forced(model):
    def answered(messages, **asked):
        answer = client.chat.completions.create(
            model=model, messages=messages, tools=CHAT_TOOLS, **asked
        )
        return answer.choices[0].message

    return force({"type": "function", "function": {"name": NAME}}, answered)


def forced_streamed(model):
    def answered(messages, **asked):
        with client.chat.completions.stream(
            model=model, messages=messages, tools=CHAT_TOOLS, **asked
        ) as events:
            return events.get_final_completion().choices[0].message

    return force("required", answered)


def structured(model):
    answer = client.chat.completions.parse(model=model, messages=HI, response_format=Trip)
    return {"value": answer.choices[0].message.parsed.model_dump()}


def structured_streamed(model):
    with client.chat.completions.stream(model=model, messages=HI, response_format=Trip) as events:
        answer = events.get_final_completion()
    return {"value": answer.choices[0].message.parsed.model_dump()}


def embeddings(model):
    found = client.embeddings.create(model=model, input=TEXTS)
    return {"vectors": [each.embedding for each in found.data]}


def wrong_key(model):
    try:
        openai.OpenAI(base_url=BASE, api_key=WRONG_KEY).chat.completions.create(
            model=model, messages=HI
        )
    except openai.AuthenticationError as e:
        return error(e, e.status_code)


def retired(model):
    try:
        client.chat.completions.create(model=model, messages=HI)
    except openai.NotFoundError as e:
        return error(e, e.status_code)


def broken_off(model):
    said = ""
    try:
        for chunk in client.chat.completions.create(model=model, messages=HI, stream=True):
            said += chunk.choices[0].delta.content or ""
    except openai.APIError as e:
        return {"text": said, **error(e)}


def cancel(model):
    with client.chat.completions.create(model=model, messages=HI, stream=True) as chunks:
        return {"text": next(iter(chunks)).choices[0].delta.content}


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
        "embeddings": embeddings,
        "wrong key": wrong_key,
        "retired": retired,
        "broken off": broken_off,
        "cancel": cancel,
    }
)
