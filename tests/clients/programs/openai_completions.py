"""OpenAI's SDK for Python, the old completions."""

import openai
from given import BASE, KEY, WRONG_KEY, error, tell

client = openai.OpenAI(base_url=BASE, api_key=KEY)


def chat(model):
    answer = client.completions.create(model=model, prompt="hi")
    return {"text": answer.choices[0].text, "tokens": answer.usage.completion_tokens}


def stream(model):
    usage = {"include_usage": True}
    chunks = list(
        client.completions.create(model=model, prompt="hi", stream=True, stream_options=usage)
    )
    pieces = [chunk.choices[0].text for chunk in chunks if chunk.choices]
    return {
        "text": "".join(pieces),
        "pieces": len(pieces),
        "tokens": chunks[-1].usage.completion_tokens,
    }


def wrong_key(model):
    try:
        openai.OpenAI(base_url=BASE, api_key=WRONG_KEY).completions.create(model=model, prompt="hi")
    except openai.AuthenticationError as e:
        return error(e, e.status_code)


def retired(model):
    try:
        client.completions.create(model=model, prompt="hi")
    except openai.NotFoundError as e:
        return error(e, e.status_code)


def broken_off(model):
    said = ""
    try:
        for chunk in client.completions.create(model=model, prompt="hi", stream=True):
            said += chunk.choices[0].text
    except openai.APIError as e:
        return {"text": said, **error(e)}


def cancel(model):
    with client.completions.create(model=model, prompt="hi", stream=True) as chunks:
        return {"text": next(iter(chunks)).choices[0].text}


tell(
    {
        "chat": chat,
        "stream": stream,
        "wrong key": wrong_key,
        "retired": retired,
        "broken off": broken_off,
        "cancel": cancel,
    }
)
