"""Numbers that are multiples of another, in exact fractions. Pure.

A step of 0.01 is a hundredth, as it is written, not the binary number next to it.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from msgspec import structs

from darkhorse.upstream.emulation.shape import Fixed, Number, Shape

__all__ = ["multiples_of"]

_MOST = 64
_FINEST = 15  # decimal places that a number of 64 bits tells apart


def multiples_of(step: float, number: Number) -> Shape | None:
    """Multiples within the bounds: all of them for 1, 0.1, 0.01 and so on, else the first few.

    None where there is none.
    """
    fraction = _exact(step)
    if number.is_whole:
        fraction = Fraction(fraction.numerator)
    if fraction.numerator == 1 and (places := _places(fraction)) is not None:
        return structs.replace(number, is_whole=number.is_whole or not places, places=places)
    values = tuple(_written(value) for value in _first(fraction, number))
    return Fixed(values) if values else None


def _exact(value: float) -> Fraction:
    return Fraction(Decimal(repr(value)))


def _places(fraction: Fraction) -> int | None:
    """Of a power of ten, its decimal places."""
    places = len(str(fraction.denominator)) - 1
    return places if fraction.denominator == 10**places and places <= _FINEST else None


def _first(step: Fraction, number: Number) -> Iterator[Fraction]:
    low = None if number.low is None else _exact(number.low)
    high = None if number.high is None else _exact(number.high)
    start = low if low is not None else min(Fraction(0), (high or 0) - step * (_MOST - 1))
    count = -(-start // step)  # the first multiple from there on
    for value in (step * (count + more) for more in range(_MOST)):
        is_over = low is None or value > low or (value == low and not number.is_over)
        is_under = high is None or value < high or (value == high and not number.is_under)
        if is_over and is_under:
            yield value


def _written(value: Fraction) -> bytes:
    """As a decimal; fractions that come from one have an end."""
    places = 0
    while (value * 10**places).denominator > 1:
        places += 1
    return f"{float(value):.{places}f}".encode() if places else str(value.numerator).encode()
