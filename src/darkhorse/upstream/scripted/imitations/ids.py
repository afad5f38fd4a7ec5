"""Ids and other values that look drawn by chance, from a seed. No clock, no chance from outside."""

import base64
import random  # noqa: TID251 seeded, part of a scenario
import re
import string
import uuid
from typing import Any

__all__ = ["Ids"]

_SLOT = re.compile(r"\{(hex|HEX|alnum|lower|digits|url|uuid|ms|seconds)(\d*)\}")
_ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "alnum": string.ascii_letters + string.digits,
    "lower": string.ascii_lowercase + string.digits,
    "digits": string.digits,
}


class Ids:
    """Fills slots such as `{hex32}`, `{alnum24}`, `{url22}`, `{uuid}`, `{ms}`, `{seconds}`."""

    def __init__(self, seed: str) -> None:
        self._source = random.Random(seed)

    def fill(self, value: Any) -> Any:
        """The same value with every slot in its strings filled, at any depth."""
        if isinstance(value, str):
            return _SLOT.sub(self._slot, value) if "{" in value else value
        if isinstance(value, dict):
            return {name: self.fill(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.fill(each) for each in value]
        return value

    def _slot(self, match: re.Match[str]) -> str:
        kind, size = match[1], int(match[2] or 1)
        if kind == "uuid":
            return str(uuid.UUID(int=self._source.getrandbits(128), version=4))
        if kind == "ms":
            return str(self._source.randint(40, 900))
        if kind == "seconds":
            return f"{self._source.uniform(0.01, 0.9):.9f}"
        if kind == "url":
            drawn = self._source.randbytes(size)
            return base64.urlsafe_b64encode(drawn).decode()[:size]
        return "".join(self._source.choices(_ALPHABETS[kind], k=size))
