"""Small files for our user alone: whole or not at all, and there after a power cut."""

import os
import secrets
from pathlib import Path

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import sync_directory

__all__ = ["PEOPLE_FILE", "kept_secret", "write_private"]

PEOPLE_FILE = "people.key"
"""In the data directory: what addresses and users are hashed with."""
_BYTES = 32


def write_private(path: Path, content: bytes) -> None:
    """Mode 0600 from its first byte, on stable storage when this returns. Raises OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_directory(path.parent)


def kept_secret(path: Path) -> bytes:
    """32 random bytes, made once and the same ever after. Raises ConfigError."""
    try:
        if not path.exists():
            write_private(path, secrets.token_bytes(_BYTES))
        found = path.read_bytes()
    except OSError as e:
        raise ConfigError(f"{path}: cannot be read or made ({e.strerror}).") from None
    if len(found) != _BYTES:
        raise ConfigError(
            f"{path}: is not the {_BYTES} bytes written there once; put a backup's file in its "
            "place, or delete it: people are then counted anew."
        )
    return found
