"""An endpoint may quote the key that it was sent. What is kept and shown of it does not."""

from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec import Struct, structs

from darkhorse.base.secret import Secret

__all__ = ["scrubbed"]

_IN_ITS_PLACE = "[the key]"
_SHORTEST = 4  # shorter ones are no secret, and stand in every other word

_Value = TypeVar("_Value")


def scrubbed(value: _Value, key: Secret) -> _Value:
    """The same value, with the key nowhere in its texts."""
    wanted = key.reveal()
    found: _Value = value if len(wanted) < _SHORTEST else _scrubbed(value, wanted)
    return found


def _scrubbed(value: Any, key: str) -> Any:
    if isinstance(value, str):
        return value.replace(key, _IN_ITS_PLACE)
    if isinstance(value, Struct):
        fields = {name: _scrubbed(getattr(value, name), key) for name in value.__struct_fields__}
        return structs.replace(value, **fields)
    if isinstance(value, Mapping):
        return {_scrubbed(name, key): _scrubbed(each, key) for name, each in value.items()}
    if isinstance(value, tuple):
        return tuple(_scrubbed(each, key) for each in value)
    return value
