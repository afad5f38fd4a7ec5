"""Which digits make a number between two bounds, in GBNF. Pure."""

import math

from darkhorse.upstream.emulation.shape import Number

__all__ = ["numeral", "whole_bounds"]

_FAR = 10**9  # from the bound that is given to the one that is not
_WHOLE = '"-"? ("0" | [1-9] [0-9]{0,14})'
_PLACES = 6  # behind the point, where a schema names none


def numeral(number: Number) -> str | None:
    """An expression for it; None where no number of a few digits fits."""
    if number.low is None and number.high is None:
        return _WHOLE if number.is_whole else f"{_WHOLE} ({_fraction(number)})?"
    low = number.high - _FAR if number.low is None else number.low  # type: ignore[operator]
    high = number.low + _FAR if number.high is None else number.high  # type: ignore[operator]
    first, last = whole_bounds(number, low, high)
    options = [_integers(first, last)] if first <= last else []
    if not number.is_whole:
        from_, to = max(0, math.ceil(low)), math.floor(high) - 1
        if from_ <= to:
            options.append(f"({_natural(from_, to)}) {_fraction(number)}")
        if not options:
            options = _decimals(number, low, high)
    return " | ".join(options) or None


def whole_bounds(number: Number, low: float, high: float) -> tuple[int, int]:
    """The first and the last whole number that it may be."""
    first = math.floor(low) + 1 if number.is_over else math.ceil(low)
    return first, math.ceil(high) - 1 if number.is_under else math.floor(high)


def _decimals(number: Number, low: float, high: float) -> list[str]:
    """Some numbers between two bounds that have no whole one between them."""
    for places in range(1, 1 + (number.places or _PLACES)):
        scale = 10**places
        found = [
            f'"{value / scale:.{places}f}"'
            for value in range(math.ceil(low * scale), math.floor(high * scale) + 1)
            if low < value / scale < high
            or (value / scale == low and not number.is_over)
            or (value / scale == high and not number.is_under)
        ]
        if found:
            return found[:64]
    return []


def _fraction(number: Number) -> str:
    """Never nothing, so it lies between two whole numbers."""
    return f'"." [0-9]{{0,{(number.places or _PLACES) - 1}}} [1-9]'


def _integers(low: int, high: int) -> str:
    options = []
    if low < 0:
        options.append(f'"-" ({_natural(max(1, -high), -low)})')
    if high >= 0:
        options.append(_natural(max(0, low), high))
    return " | ".join(options)


def _natural(low: int, high: int) -> str:
    """Whole numbers from `low` to `high`, neither negative, without zeros in front."""
    options = []
    for length in range(len(str(low)), len(str(high)) + 1):
        first = max(low, 10 ** (length - 1) if length > 1 else 0)
        last = min(high, 10**length - 1)
        options.append(_digits(str(first), str(last)))
    return " | ".join(options)


def _digits(low: str, high: str) -> str:
    """Numerals of one length between two."""
    if low == high:
        return f'"{low}"'
    rest = len(low) - 1
    if low[1:] == "0" * rest and high[1:] == "9" * rest:
        return _leading(low[0], high[0], rest)
    if low[0] == high[0]:
        return f'"{low[0]}" ({_digits(low[1:], high[1:])})'
    options = [f'"{low[0]}" ({_digits(low[1:], "9" * rest)})']
    if int(high[0]) - int(low[0]) > 1:
        options.append(_leading(str(int(low[0]) + 1), str(int(high[0]) - 1), rest))
    options.append(f'"{high[0]}" ({_digits("0" * rest, high[1:])})')
    return " | ".join(options)


def _leading(low: str, high: str, rest: int) -> str:
    return f"[{low}-{high}]" + (f" [0-9]{{{rest}}}" if rest else "")
