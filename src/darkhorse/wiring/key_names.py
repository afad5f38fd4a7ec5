"""Which key an operator means, in commands over the record."""

import re
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from darkhorse.accounts.desk import SHORT, refuse_secret
from darkhorse.base.errors import ConfigError
from darkhorse.storage.state.engine import open_reader
from darkhorse.storage.state.erasures import SqlErasureStore
from darkhorse.wiring.state import STATE_FILE

__all__ = ["key_among", "key_of"]

_HASH = re.compile(r"[0-9a-f]{64}")
_LEAST = 6  # characters of a hash


def key_of(data: Path, text: str) -> str:
    """The hash of the key that is labelled so, or whose hash begins so, deleted or not.

    A whole hash may be of a key that no state knows. Raises ConfigError.
    """
    return key_among(_known(data), text)


def key_among(known: Mapping[str, str], text: str) -> str:
    """The same of those `known`, hash to label. Raises ConfigError."""
    refuse_secret(text)
    found = [each for each, label in known.items() if _is_called(text, each, label)]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        shown = ", ".join(each[:SHORT] for each in found[:5])
        raise ConfigError(f"`{text}` may be {shown}; give more of the hash.")
    if _HASH.fullmatch(text):
        return text
    raise ConfigError(
        f"No key is called `{text}`; give its label or at least {_LEAST} characters of its hash, "
        "as `darkhorse key list` shows them."
    )


def _is_called(text: str, key_hash: str, label: str) -> bool:
    return bool(text) and (label == text or (len(text) >= _LEAST and key_hash.startswith(text)))


def _known(data: Path) -> dict[str, str]:
    """Hash to label; nothing where there is no state."""
    path = data / STATE_FILE
    if not path.exists():
        return {}
    with closing(SqlErasureStore(open_reader(path))) as store:
        try:
            return store.key_hashes()
        except DatabaseError as e:
            raise ConfigError(
                f"{path}: not usable ({e.orig}); start the server once with this version, or put "
                "a backup's file in its place."
            ) from None
