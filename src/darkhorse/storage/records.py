"""What the ledger keeps of one generation: a start, written at admission, and an end.

Both are private. A journal frame carries the struct as JSON and beside it, untouched, the bytes:
the request body as the client sent it (start), the answer as the client got it (end).
"""

from typing import Literal

from msgspec import Struct

from darkhorse.wire.chunks import Finish, NativeUsage, ToolDelta, Usage, Withheld

__all__ = ["Answer", "Attempt", "EndRecord", "Outcome", "StartRecord"]

Outcome = Literal["done", "failed", "cancelled", "interrupted"]
"""done: all of it was there to be sent when this was written. failed: the client got an error.
cancelled: it hung up. interrupted: the process died; written by recovery at the next start."""


class StartRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who asked what of which listing, when."""

    id: str
    at_us: int
    listing: str
    dialect: str
    streamed: bool
    key: str  # the key's public hash, never the key
    prompt_tokens: int  # public tokens
    app_url: str = ""
    app_title: str = ""
    user_agent: str = ""
    address: str = ""  # a keyed hash of the client's network address, never the address
    person: str = ""  # a keyed hash of key and the request's `user`, or of key and address
    session: str = ""  # a keyed hash of key and the request's session_id; empty where it has none


class Attempt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One try at one endpoint. Private: names the endpoint and keeps what it said."""

    endpoint: str
    duration_ms: float
    outcome: str  # "ok" or the fault's kind
    status: int = 0  # the upstream's HTTP status; 0 where none came
    upstream_id: str = ""
    upstream_model: str = ""
    native_finish: str = ""
    detail: str = ""  # what the upstream said, cut at 4 KiB


class EndRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How it went."""

    id: str
    at_us: int
    outcome: Outcome
    finish: Finish | None = None
    status: int = 200  # what the client was told; for a stream that broke, the error's code
    error_type: str = ""
    usage: Usage | None = None
    native: NativeUsage | None = None
    first_token_ms: float | None = None
    duration_ms: float = 0.0
    micro_usd: int = 0  # what it cost the key, in millionths of a dollar
    attempts: tuple[Attempt, ...] = ()
    withheld: tuple[Withheld, ...] = ()  # what the filter of words took out of the answer


class Answer(Struct, frozen=True, omit_defaults=True):
    """The assistant's message in its public form; the body of an end frame, as JSON.

    Where the outcome is "done", the client was given all of it. Otherwise it is as much as there
    was: a client that hung up may have read less, and a failed unstreamed one has read nothing.
    """

    content: str = ""
    reasoning: str = ""
    refusal: str = ""
    tools: tuple[ToolDelta, ...] = ()
    vectors: tuple[bytes, ...] = ()  # in base64: 32-bit floats, the lowest byte first
