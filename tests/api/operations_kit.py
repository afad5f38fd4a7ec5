"""Operations served in this process: an ASGI call in, a status and a body out."""

import asyncio
import json
from dataclasses import dataclass, field

from darkhorse.accounts.keys import KeyRing, hash_key, mint_key
from darkhorse.api.routes import make_app
from darkhorse.api.visits import Visits
from darkhorse.base.clock import SystemClock
from darkhorse.base.ids import RandomIds
from darkhorse.base.settings import LogSettings
from darkhorse.storage.ports import KeyRecord

KINDS = ("developer", "management")
KEYS = {kind: mint_key(kind, lambda count: bytes(range(count))).reveal() for kind in KINDS}


@dataclass
class Store:
    """The two keys."""

    records: list[KeyRecord] = field(default_factory=list)

    def __post_init__(self):
        if not self.records:
            self.records = [
                KeyRecord(hash=_hash(kind), kind=kind, label=kind, created_us=1) for kind in KINDS
            ]

    def version(self):
        return 1

    def keys(self):
        return self.records

    def change(self, key_hash, alter):
        changed = alter(*self._one(key_hash))
        self.records = [changed if each.hash == key_hash else each for each in self.records]
        return changed

    def delete(self, key_hash, at_us, check):
        check(*self._one(key_hash))
        self.records = [each for each in self.records if each.hash != key_hash]

    def _one(self, key_hash):
        found = {each.hash: each for each in self.records}
        return found.pop(key_hash), list(found.values())


def _hash(kind):
    return hash_key(mint_key(kind, lambda count: bytes(range(count))))


def key_ring(store=None, clock=None):
    ring = KeyRing(store or Store(), clock or SystemClock())
    ring.load()
    return ring


@dataclass
class Told:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def problem(self):
        return self.json["error"]["message"]


def ask(
    operations,
    method,
    path,
    *,
    key=None,
    query="",
    body=b"",
    headers=(),
    ring=None,
    meanwhile=lambda: None,
):
    """One request to an app of these operations. `meanwhile` happens while the body comes."""
    given = [*headers, *([("authorization", f"Bearer {KEYS[key]}")] if key else [])]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given],
        "client": ("127.0.0.1", 5),
    }
    app = make_app(operations, ring or key_ring(), patience_s=5)
    visits = Visits(
        LogSettings(requests="none"),
        SystemClock(),
        RandomIds(),
        slug_of=str,
        refused=lambda *_: None,
    )
    visits.open(scope)
    sent = []

    async def receive():
        meanwhile()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    head = {str(name, "latin-1"): str(value, "latin-1") for name, value in sent[0]["headers"]}
    return Told(sent[0]["status"], head, b"".join(each.get("body", b"") for each in sent))
