"""Any answer, rendered for a client and read as an engine's."""

import itertools

from hypothesis import strategies as st

from darkhorse.cloak.mint import mint
from darkhorse.wire.chunks import Chunk, PublicChunk, ToolDelta, Usage
from darkhorse.wire.dialect import Answer, Client, Engine, Head
from darkhorse.wire.request import GenerationRequest
from darkhorse.wire.sse import SseDecoder

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
FINISHES = st.sampled_from(["stop", "length", "tool_calls", "content_filter"])


@st.composite
def answers(draw, *, reasons: bool = True, calls: bool = True) -> list[PublicChunk]:
    """Reasoning, then text, then calls in pieces, then the last chunk, as the cloak makes them."""
    chunks = [mint(reasoning=text) for text in draw(st.lists(TEXTS, max_size=3))] if reasons else []
    chunks += [mint(text=text) for text in draw(st.lists(TEXTS, max_size=4))]
    names = draw(st.lists(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), max_size=3 * calls))
    for index, name in enumerate(names):
        pieces = draw(st.lists(TEXTS, max_size=3))
        heads = itertools.chain([(f"call_{index}", name)], itertools.repeat(("", "")))
        for (call_id, called), piece in zip(heads, ["", *pieces], strict=False):
            chunks.append(mint(tools=(ToolDelta(index, call_id, called, piece),)))
    finish = "tool_calls" if names else draw(FINISHES.filter(lambda word: word != "tool_calls"))
    prompt, completion = draw(st.integers(1, 10**6)), draw(st.integers(2, 10**6))
    usage = Usage(prompt, completion, reasoning=draw(st.integers(0, 1)))
    return [*chunks, mint(finish=finish, usage=usage)]


def asked(dialect: str, *, stream: bool) -> GenerationRequest:
    return GenerationRequest(
        dialect=dialect,
        model="x/y",
        stream=stream,
        body=b"{}",
        messages=b"[]",
        message_count=1,
        text_bytes=(),
    )


def new_answer(client: Client, dialect: str, *, stream: bool) -> Answer:
    request = asked(dialect, stream=stream)
    return client.answer(Head(id="gen-1", created=1, model="x/y", request=request, prompt_tokens=7))


def streamed(client: Client, dialect: str, chunks: list[PublicChunk], batch: int = 1) -> bytes:
    """The whole of a stream, with a sign of life at its beginning and in its middle."""
    answer = new_answer(client, dialect, stream=True)
    batches = [chunks[at : at + batch] for at in range(0, len(chunks), batch)]
    pieces = [answer.chunks(each) for each in batches]
    pieces.insert(len(pieces) // 2, answer.keepalive())
    return b"".join([answer.keepalive(), *pieces, answer.done()])


def whole(client: Client, dialect: str, chunks: list[PublicChunk]) -> bytes:
    return new_answer(client, dialect, stream=False).whole(chunks)


def read_events(engine: Engine, data: bytes, cuts: list[int]) -> list[Chunk]:
    """What an engine's reader makes of a stream that arrives in pieces cut at `cuts`."""
    decoder, reader = SseDecoder(), engine.reader()
    borders = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    found: list[Chunk | None] = []
    for start, end in itertools.pairwise(borders):
        events = decoder.feed(data[start:end])
        found += [reader.event(event) for event in events if not reader.done]
    found += [reader.event(event) for event in decoder.close() if not reader.done]
    found.append(reader.close())
    return [chunk for chunk in found if chunk]


def essence(chunks) -> dict:
    """What must be the same on both sides."""
    calls: dict[int, list[str]] = {}
    for delta in itertools.chain.from_iterable(chunk.tools for chunk in chunks):
        call = calls.setdefault(delta.index, ["", "", ""])
        for at, piece in enumerate((delta.id, delta.name, delta.arguments)):
            call[at] += piece
    usages = [chunk.usage for chunk in chunks if chunk.usage]
    return {
        "text": "".join(chunk.text for chunk in chunks),
        "reasoning": "".join(chunk.reasoning for chunk in chunks),
        "calls": [call for _, call in sorted(calls.items())],
        "finish": [chunk.finish for chunk in chunks if chunk.finish][-1:],
        "usage": [(usage.prompt, usage.completion, usage.reasoning) for usage in usages[-1:]],
    }
