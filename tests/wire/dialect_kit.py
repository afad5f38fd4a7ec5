"""What the tests of several dialects need: strange JSON, and answers whose calls come mixed."""

import copy
import json

from hypothesis import strategies as st

from darkhorse.cloak.mint import mint
from darkhorse.wire.chunks import ToolDelta, Usage

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
TEXT = st.text(max_size=12)
SOME = st.text(min_size=1, max_size=12)
IDS = st.from_regex(r"call_[A-Za-z0-9]{1,8}", fullmatch=True)
OBJECTS = st.dictionaries(TEXT, st.none() | st.integers(-9, 9) | TEXT | st.lists(TEXT), max_size=3)


@st.composite
def mutated(draw, value):
    """`value` with one of its insides replaced by something strange, or gone."""
    value = copy.deepcopy(value)
    inside = value
    while True:
        keys = list(inside) if isinstance(inside, dict) else range(len(inside))
        key = draw(st.sampled_from(list(keys)))
        deeper = inside[key]
        if isinstance(deeper, dict | list) and deeper and draw(st.booleans()):
            inside = deeper
            continue
        if draw(st.booleans()):
            inside[key] = draw(JSON)
        else:
            del inside[key]
        return json.dumps(value).encode()


def _pieces(draw, text):
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=3)))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@st.composite
def mixed_answers(draw):
    """PublicChunks of one answer: text, thoughts and the pieces of calls in any order."""
    spoken = draw(st.lists(st.tuples(st.sampled_from(["text", "reasoning"]), SOME), max_size=5))
    queues = [[("spoken", kind, text)] for kind, text in spoken]
    calls = draw(st.lists(st.tuples(IDS, SOME, OBJECTS), max_size=3))
    for number, (call_id, name, arguments) in enumerate(calls):
        pieces = _pieces(draw, json.dumps(arguments, ensure_ascii=draw(st.booleans())))
        first = ("call", number, call_id, name, pieces[0])
        queues.append([first, *(("call", number, "", "", piece) for piece in pieces[1:])])
    chunks, indexes = [], {}
    while queues:
        queue = draw(st.sampled_from(queues))
        kind, *rest = queue.pop(0)
        if not queue:
            queues.remove(queue)
        if kind == "spoken":
            chunks.append(mint(**{rest[0]: rest[1]}))
        else:
            number, call_id, name, piece = rest
            index = indexes.setdefault(number, len(indexes))
            chunks.append(mint(tools=(ToolDelta(index, call_id, name, piece),)))
    finish = "tool_calls" if calls else draw(st.sampled_from(["stop", "length", "content_filter"]))
    counts = st.integers(1, 10**9)
    usage = Usage(draw(counts), draw(counts), draw(counts))
    return [*chunks, mint(finish=finish, usage=usage)]
