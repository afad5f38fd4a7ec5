"""The key that was sent, taken out of what comes back: gateways like to repeat it in an error."""

import re
from collections.abc import Sequence

__all__ = ["LEAST_KEY", "mask_of", "masked", "masked_arrivals", "without_key"]

LEAST_KEY = 8
"""Characters. A shorter one is no secret, and hiding it would tear up ordinary text."""
_BACKSLASHED = '"\\/'  # what JSON may write with a backslash before it


def mask_of(key: str) -> re.Pattern[bytes] | None:
    """Finds the key as it is, escaped as JSON may be, or percent-encoded; None for a short one."""
    return re.compile(b"".join(map(_forms, key))) if len(key) >= LEAST_KEY else None


def masked(mask: re.Pattern[bytes] | None, told: bytes) -> bytes:
    """Each key becomes as many stars, so that lengths and places stay as they are."""
    return mask.sub(lambda found: b"*" * len(found[0]), told) if mask else told


def without_key(key: str, told: str) -> str:
    """The text with an ellipsis for each key."""
    return told.replace(key, "…") if len(key) >= LEAST_KEY else told


def masked_arrivals(
    mask: re.Pattern[bytes] | None, arrivals: Sequence[tuple[float, bytes]]
) -> tuple[tuple[float, bytes], ...]:
    """Pieces as they came; a key may stand across two of them."""
    if mask is None:
        return tuple(arrivals)
    whole = masked(mask, b"".join(piece for _, piece in arrivals))
    cut, at = [], 0
    for when, piece in arrivals:
        cut.append((when, whole[at : at + len(piece)]))
        at += len(piece)
    return tuple(cut)


def _forms(letter: str) -> bytes:
    code = f"{ord(letter):02x}"
    forms = [re.escape(letter), rf"(?i:\\u00{code})", rf"(?i:%{code})"]
    if letter in _BACKSLASHED:
        forms.append(re.escape("\\" + letter))
    return f"(?:{'|'.join(forms)})".encode()
