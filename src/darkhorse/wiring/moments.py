"""Moments as operators write them on a command line."""

from datetime import UTC, datetime, timedelta

from darkhorse.base.errors import ConfigError

__all__ = ["moment_us"]

_EPOCH = datetime.fromtimestamp(0, UTC)
_MICROSECOND = timedelta(microseconds=1)


def moment_us(text: str) -> int:
    """Microseconds since the epoch of a day's begin or a moment, in UTC where it names no zone.

    As in ISO 8601: `2026-12-01`, `2026-12-01T12:00`, `2026-12-01T12:00:00Z`, with an offset.
    Raises ConfigError.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"`{text}` is no moment; write it like 2026-12-01, 2026-12-01T12:00Z or "
            "2026-12-01T12:00:00+01:00."
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MICROSECOND
