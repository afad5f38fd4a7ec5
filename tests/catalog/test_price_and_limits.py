"""Money and counts at their bounds."""

from decimal import Decimal

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.limits import Limits, LimitSettings
from darkhorse.catalog.listing import Listing, Window
from darkhorse.catalog.price import FREE, Price

DAY = 86_400_000_000


@pytest.mark.parametrize("part", ["prompt", "completion", "request"])
def test_one_price_is_enough_to_cost(part):
    price = Price(**{part: Decimal("0.5")})
    assert not price.is_free
    assert price.micro_usd(10, 10) == {"prompt": 5, "completion": 5, "request": 500_000}[part]
    assert FREE.is_free
    assert FREE.micro_usd(10**9, 10**9) == 0


def test_a_price_is_rounded_to_the_nearest_millionth():
    price = Price(prompt=Decimal("0.5"))
    assert [price.micro_usd(tokens, 0) for tokens in range(5)] == [0, 1, 1, 2, 2]


@pytest.mark.parametrize("value", ["0", "1000000"])
def test_a_price_within_its_bounds(value):
    Price(completion=Decimal(value)).check("here")


@pytest.mark.parametrize("value", ["-0.000001", "1000000.01", "Infinity", "NaN"])
def test_a_price_out_of_bounds_is_named(value):
    with pytest.raises(ConfigError, match=r"^here\.completion: it must be from"):
        Price(completion=Decimal(value)).check("here")


@pytest.mark.parametrize("value", ["0", "1000000000"])
def test_spending_within_its_bounds(value):
    Limits(spend_usd=Decimal(value)).check("here")


@pytest.mark.parametrize("value", ["-0.01", "1000000000.01", "NaN"])
@pytest.mark.parametrize("whose", ["key", "address"])
def test_spending_out_of_bounds_is_named(whose, value):
    settings = LimitSettings(**{whose: Limits(spend_usd=Decimal(value))})
    with pytest.raises(ConfigError, match=rf"^limits\.{whose}\.spend_usd: it must be from 0 to"):
        settings.check()


def test_an_answer_may_be_as_long_as_the_context_and_no_longer():
    Listing(slug="x/y", title="Y", context=500, max_output=500).check()
    with pytest.raises(ConfigError, match=r"^public\.max_output: 501 is over context \(500\)"):
        Listing(slug="x/y", title="Y", context=500, max_output=501).check()


def test_a_window_of_days_is_rounded_to_a_second():
    assert Window(days=0.00001).closes_us(7) == 1_000_007  # 0.864 s
    assert Window(days=1.5).closes_us(0) == 3 * DAY // 2
    assert Window().closes_us(7) is None
