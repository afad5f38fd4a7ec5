"""A plan told: the request bodies of one client, byte for byte.

Texts are prose of the scripted upstream, so they depend on the copy and the place in it only. A
piece has exactly the bytes that the plan gives it, JSON around it included.
"""

from hashlib import sha256
from typing import NamedTuple

from darkhorse.upstream.scripted.prose import Prose
from day.plan import Piece, Plan
from day.trace import Copy

MODEL = "bench/pony"
HEAD_BYTES = 68  # what a request has besides messages and tools, about
_ESCAPED = b"\\"

_FRAMES = {
    "chat": {
        "tools": b'{"type":"function","function":{"name":"t%d","description":"@",'
        b'"parameters":{"type":"object","properties":{}}}}',
        "system": b'{"role":"system","content":"@"}',
        "user": b'{"role":"user","content":"@"}',
        "assistant": b'{"role":"assistant","content":"@","tool_calls":[{"id":"c%d",'
        b'"type":"function","function":{"name":"t0","arguments":"{}"}}]}',
        "tool": b'{"role":"tool","tool_call_id":"c%d","content":"@"}',
    },
    "messages": {
        "tools": b'{"name":"t%d","description":"@","input_schema":{"type":"object"}}',
        "system": b'{"type":"text","text":"@"}',
        "user": b'{"role":"user","content":"@"}',
        "assistant": b'{"role":"assistant","content":[{"type":"text","text":"@"},'
        b'{"type":"tool_use","id":"c%d","name":"t0","input":{}}]}',
        "tool": b'{"role":"user","content":[{"type":"tool_result","tool_use_id":"c%d",'
        b'"content":"@"}]}',
    },
}
_PATHS = {"chat": b"/api/v1/chat/completions", "messages": b"/api/v1/messages"}


class Asked(NamedTuple):
    """One request, ready to send."""

    path: bytes
    body: bytes
    dialect: str
    streamed: bool


class _Told(NamedTuple):
    """A prompt's pieces as JSON: definitions and system prompt stand before the messages."""

    tools: list[bytes]
    system: list[bytes]
    messages: list[bytes]

    def first(self, count: int) -> "_Told":
        """The first `count` pieces. They stand in this order in every prompt."""
        tools = self.tools[:count]
        system = self.system[: count - len(tools)]
        return _Told(tools, system, self.messages[: count - len(tools) - len(system)])


class Client:
    """Tells one copy's turns one after the other; holds only what later turns repeat."""

    def __init__(self, copy: Copy, plan: Plan, prose: Prose) -> None:
        dice = sha256(copy.name.encode()).digest()
        self.copy = copy
        self._plan = plan
        self._prose = prose
        self._dialect = "messages" if dice[0] % 5 == 0 else "chat"
        self._seed = dice[:16]
        self._told: dict[int, _Told] = {}
        self._next = 0

    @property
    def due_s(self) -> float | None:
        """When the next turn is, in the day's own time; None behind the last."""
        turns = self._plan.turns
        if self._next == len(turns):
            return None
        return self.copy.starts_s + turns[self._next].at_s

    def ask(self) -> Asked:
        """The next request."""
        number, turn = self._next, self._plan.turns[self._next]
        self._next += 1
        told = self._told[turn.parent].first(turn.kept) if turn.kept else _Told([], [], [])
        for piece in turn.fresh:
            self._shelf(told, piece).append(self._piece(piece))
        self._keep(number, told)
        messages = told.messages
        if turn.tail:
            messages = [*messages, self._piece(turn.tail)]
        is_streamed = sha256(self._seed + b"%d" % number).digest()[0] % 6 == 0
        stream = b',"stream":true' if is_streamed else b""
        body = self._body(told, messages, turn.answer, stream)
        return Asked(_PATHS[self._dialect], body, self._dialect, is_streamed)

    def _shelf(self, told: _Told, piece: Piece) -> list[bytes]:
        if piece.role == "tools":
            return told.tools
        return told.system if piece.role == "system" else told.messages

    def _keep(self, number: int, told: _Told) -> None:
        last_use = self._plan.last_use
        self._told[number] = told
        for other in [each for each in self._told if last_use[each] <= number]:
            del self._told[other]

    def _piece(self, piece: Piece) -> bytes:
        frame = _FRAMES[self._dialect][piece.role]
        call = piece.number - (piece.role == "tool")  # it answers the message before it
        around = frame.replace(b"%d", b"%d" % call)
        before, _, behind = around.partition(b"@")
        room = piece.size - len(before) - len(behind)
        return b"".join((before, self._text(piece.number, room), behind))

    def _text(self, number: int, size: int) -> bytes:
        """Prose inside a JSON string."""
        text = self._prose.text(self._seed + b"/%d" % number, size)
        inside = text.replace(b"\n", b"\\n")[:size]
        return inside[:-1] + b"." if inside.endswith(_ESCAPED) else inside

    def _body(self, told: _Told, messages: list[bytes], answer: int, stream: bytes) -> bytes:
        parts = [b'{"model":"%b","max_tokens":%d%b' % (MODEL.encode(), answer, stream)]
        system, first = told.system, list[bytes]()
        if self._dialect == "messages" and system:
            parts += [b',"system":[', b",".join(system), b"]"]
        else:
            first = system
        if told.tools:
            parts += [b',"tools":[', b",".join(told.tools), b"]"]
        if not messages and not first:
            messages = [b'{"role":"user","content":"?"}']
        parts += [b',"messages":[', b",".join([*first, *messages]), b"]}"]
        return b"".join(parts)
