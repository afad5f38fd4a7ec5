"""How fast one stream was: tokens a second after its first token."""

__all__ = ["tokens_per_second"]

_LEAST_TOKENS = 2  # of one token nobody can say how fast it was
_LEAST_MS = 50.0  # nor of many that came at once


def tokens_per_second(
    *, streamed: bool, tokens: int, first_token_ms: float | None, duration_ms: float
) -> float | None:
    """Of an answer that is done; None where there is nothing to measure.

    An unstreamed answer's first token is its end.
    """
    if not streamed or first_token_ms is None:
        return None
    after, took_ms = tokens - 1, duration_ms - first_token_ms
    if after < _LEAST_TOKENS - 1 or took_ms < _LEAST_MS:
        return None
    return after / took_ms * 1000
