"""In which order endpoints are asked: by chance and weight, or by the conversation. Pure.

Each endpoint gets a number of its own, evenly spread over (0, 1), and the lowest -ln(number)/weight
comes first: the first of several clocks that ring at rates as their weights. So each comes first in
its share of cases; and among the rest, the order has the same property.

For a conversation the number is a hash of it and the endpoint's name (weighted rendezvous hashing):
it does not depend on the other endpoints, so one that goes takes only its own conversations along.
"""

import math
from collections.abc import Sequence

import xxhash

from darkhorse.base.chance import Draw
from darkhorse.catalog.endpoint import Endpoint

__all__ = ["conversation", "order"]


def conversation(listing: str, key: str, session: str) -> str:
    """What a client's session is called here; empty where it names none."""
    return f"{listing}\0{key}\0{session}" if session else ""


def order(endpoints: Sequence[Endpoint], draw: Draw, conversation: str = "") -> Sequence[Endpoint]:
    """All of `endpoints`, the one to ask first in front."""
    if len(endpoints) < 2:
        return endpoints
    rings = [
        -math.log(_hashed(conversation, endpoint) if conversation else 1 - draw()) / endpoint.weight
        for endpoint in endpoints
    ]
    return [endpoints[at] for at in sorted(range(len(endpoints)), key=rings.__getitem__)]


def _hashed(conversation: str, endpoint: Endpoint) -> float:
    """A number over 0, at most 1."""
    digest = xxhash.xxh3_64_intdigest(f"{conversation}\0{endpoint.name}".encode())
    return (digest + 1) / 2**64
