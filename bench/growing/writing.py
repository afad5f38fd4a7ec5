"""A journal as a relay writes it, of generations that never were; without HTTP, threads or syncs.

Every other generation is a single turn; the rest are turns of agents, eight to a conversation, each
repeating all that was said before. Times go on as on a day of 206,000 requests. The same number is
always the same generation.
"""

from hashlib import shake_128
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from darkhorse.storage.ledger.files import JournalFile
from darkhorse.storage.ledger.frame import END, START, FileHeader, encode, encode_header
from darkhorse.storage.records import Answer, Attempt, EndRecord, StartRecord
from darkhorse.upstream.scripted.prose import Prose
from darkhorse.wire.chunks import NativeUsage, Usage

BEGAN_US = 1_788_134_400_000_000  # midnight
STEP_US = 86_400_000_000 // 206_000
LISTINGS, KEYS, APPS, PEOPLE = 4, 200, 40, 5_000
_TURNS = 8
_AT_ONCE = 64  # conversations
_MESSAGE_BYTES = 400
_FINISHES = ("stop", "stop", "stop", "stop", "stop", "tool_calls", "tool_calls", "length")
_TILT = 1.44


class Dice(NamedTuple):
    """What chance decides about one generation, each 0 to 65,535."""

    listing: int
    key: int
    app: int
    person: int
    finish: int
    outcome: int
    speed: int
    size: int


def slug(number: int) -> str:
    return f"stealth/listing-{number}"


def key(number: int) -> str:
    return shake_128(b"key %d" % number).hexdigest(32)


def app_url(number: int) -> str:
    return f"https://app-{number}.example"


def name(number: int) -> str:
    """The generation's id."""
    return f"gen-{shake_128(b'gen %d' % number).hexdigest(12)}"


def at_us(number: int) -> int:
    return BEGAN_US + number * STEP_US


class _Talk(Struct):
    """An agent's conversation: whose it is, and its messages as JSON so far."""

    number: int
    messages: list[bytes]
    turns: int = 0


class Writing:
    """Appends generations to one journal directory, a file at a time."""

    def __init__(self, journal: Path) -> None:
        journal.mkdir(parents=True, mode=0o700)
        self._journal = journal
        self._prose = Prose.usual(_TILT)
        self._encode = msgspec.json.Encoder().encode
        self._talks = [_Talk(-1 - at, []) for at in range(_AT_ONCE)]
        self._file = 1
        self._sequence = 0
        self.written = 0
        self.raw_bytes = 0  # of requests and answers
        self._begin()

    def write(self, count: int) -> None:
        """So many generations more, in one file that is then closed; a new one is begun."""
        with self._path.open("ab") as file:
            for number in range(self.written, self.written + count):
                for part in self._frames(number):
                    file.write(part)
        self.written += count
        self._file += 1
        self._begin()

    @property
    def _path(self) -> Path:
        return JournalFile(self._journal, "relay", self._file).path

    def _begin(self) -> None:
        self._path.touch(mode=0o600)
        self._path.write_bytes(encode_header(FileHeader(self._file, at_us(self.written))))

    def _frames(self, number: int) -> list[bytes]:
        body, talk = self._request(number)
        start, end = _records(number, talk, len(body))
        said = self._prose.text(b"answer %d" % number, _MESSAGE_BYTES).decode()
        answer = self._encode(Answer(said))
        self.raw_bytes += len(body) + len(answer)
        return [
            *self._frame(START, self._encode(start), body),
            *self._frame(END, self._encode(end), answer),
        ]

    def _frame(self, kind: int, meta: bytes, body: bytes) -> list[bytes]:
        self._sequence += 1
        return encode(kind, self._sequence, meta, body, file_id=self._file)

    def _request(self, number: int) -> tuple[bytes, int]:
        """A body, and the number of its conversation: its own where it is a single turn."""
        if number % 2:
            return self._body([self._message(b"%d" % number, b"user")]), number
        talk = self._talks[number // 2 % _AT_ONCE]
        if talk.turns == _TURNS or not talk.turns:
            talk.number, talk.turns, talk.messages = number, 0, []
        for part in range(2 if talk.turns else 1):
            role = (b"user", b"assistant")[part]
            seed = b"%d/%d/%d" % (talk.number, talk.turns, part)
            talk.messages.append(self._message(seed, role))
        talk.turns += 1
        return self._body(talk.messages), talk.number

    def _message(self, seed: bytes, role: bytes) -> bytes:
        text = self._prose.text(seed, _MESSAGE_BYTES).replace(b"\n", b" ")
        return b'{"role":"%b","content":"%b"}' % (role, text)

    def _body(self, messages: list[bytes]) -> bytes:
        return b'{"model":"stealth/pony","messages":[%b]}' % b",".join(messages)


def _records(number: int, talk: int, size: int) -> tuple[StartRecord, EndRecord]:
    own = _dice(b"%d" % number)
    his = _dice(b"talk %d" % talk)
    tokens = size // 4
    start = StartRecord(
        id=name(number),
        at_us=at_us(number),
        listing=slug(_skewed(his.listing, LISTINGS)),
        dialect="chat",
        streamed=own.speed % 2 == 0,
        key=key(_skewed(his.key, KEYS)),
        prompt_tokens=tokens,
        app_url=app_url(_skewed(his.app, APPS)),
        user_agent="bench/1",
        address=shake_128(b"address %d" % (his.person % PEOPLE)).hexdigest(16),
        person=shake_128(b"person %d" % (his.person % PEOPLE)).hexdigest(16),
        session=shake_128(b"session %d" % talk).hexdigest(16) if number % 2 == 0 else "",
    )
    took_ms = 200 + own.speed / 8
    failed = own.outcome < 700  # one in a hundred
    end = EndRecord(
        id=start.id,
        at_us=start.at_us + int(took_ms * 1000),
        outcome="failed" if failed else "done",
        finish=None if failed else _FINISHES[own.finish % len(_FINISHES)],
        status=502 if failed else 200,
        error_type="upstream" if failed else "",
        usage=Usage(tokens, _MESSAGE_BYTES // 4, 0),
        native=NativeUsage(prompt=tokens, completion=_MESSAGE_BYTES // 4),
        first_token_ms=took_ms / 3,
        duration_ms=took_ms,
        micro_usd=tokens,
        attempts=(Attempt(endpoint="first", duration_ms=took_ms, outcome="ok", status=200),),
    )
    return start, end


def _dice(seed: bytes) -> Dice:
    return Dice(*memoryview(shake_128(seed).digest(16)).cast("H"))


def _skewed(roll: int, sides: int) -> int:
    """Few numbers often, many rarely."""
    return int(sides * (roll / 65_536) ** 3)
