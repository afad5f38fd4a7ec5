"""Tool calls: whole, in pieces, several, and with ids that clash.

No request needs to offer tools.
"""

from msgspec import Struct

from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.book import Book
from darkhorse.upstream.scripted.delivery import answer_steps
from darkhorse.upstream.scripted.plant import JsonObject
from darkhorse.upstream.scripted.rendering import Answer
from darkhorse.upstream.scripted.steps import Steps
from darkhorse.upstream.scripted.text import cut

__all__ = ["book"]

book = Book()


class _Call(Struct, frozen=True):
    index: int
    name: str
    arguments: str
    call_id: str


def _weather(ask: Ask) -> _Call:
    arguments = '{"city": "Reykjavík", "days": 3, "note": "a \\"dry\\" week"}'
    return _Call(0, "get_weather", arguments, ask.plant.call_id(1))


def _ferry(ask: Ask) -> _Call:
    return _Call(1, "find_ferry", '{"from": "Calais", "to": "Dover"}', ask.plant.call_id(2))


def _pieces(ask: Ask, call: _Call, *, count: int = 6) -> list[JsonObject]:
    """The call's head, then its arguments in `count` pieces."""
    first = ask.plant.call(call.index, arguments="", call_id=call.call_id, name=call.name)
    texts = cut(call.arguments, deltas=count, size=0)
    return [first, *(ask.plant.call(call.index, arguments=text) for text in texts)]


def _called(ask: Ask, pieces: list[JsonObject]) -> Steps:
    deltas = tuple({"tool_calls": [piece]} for piece in pieces)
    return answer_steps(ask, Answer(deltas=deltas, finish="tool_calls"))


@book.scenario("tools", "One tool call, its arguments over several deltas.")
def one(ask: Ask) -> Steps:
    return _called(ask, _pieces(ask, _weather(ask)))


@book.scenario("tools-whole", "One tool call in one delta, as some engines send it.")
def in_one_delta(ask: Ask) -> Steps:
    call = _weather(ask)
    plant = ask.plant
    piece = plant.call(0, arguments=call.arguments, call_id=call.call_id, name=call.name)
    return _called(ask, [piece])


@book.scenario("parallel-tools", "Two tool calls whose pieces come interleaved.")
def parallel(ask: Ask) -> Steps:
    return _called(ask, _interleaved(ask, _weather(ask), _ferry(ask)))


@book.scenario("duplicate-ids", "Two tool calls that share one id.")
def duplicate_ids(ask: Ask) -> Steps:
    first, second = _weather(ask), _ferry(ask)
    twin = _Call(second.index, second.name, second.arguments, first.call_id)
    return _called(ask, _interleaved(ask, first, twin))


def _interleaved(ask: Ask, first: _Call, second: _Call) -> list[JsonObject]:
    pairs = zip(_pieces(ask, first), _pieces(ask, second), strict=True)
    return [piece for pair in pairs for piece in pair]
