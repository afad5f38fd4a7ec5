"""Moments as operators write them."""

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.wiring.moments import moment_us

NOON_US = 1_767_268_800_000_000  # 2026-01-01T12:00Z
HOUR_US = 3_600_000_000


@pytest.mark.parametrize(
    ("text", "at_us"),
    [
        ("2026-01-01", NOON_US - 12 * HOUR_US),
        ("2026-01-01T12:00", NOON_US),
        ("2026-01-01T12:00Z", NOON_US),
        ("2026-01-01T12:00:00", NOON_US),
        ("2026-01-01T12:00:00Z", NOON_US),
        ("2026-01-01T12:00:00+01:00", NOON_US - HOUR_US),
        ("2026-01-01T12:00-01:00", NOON_US + HOUR_US),
        ("2026-01-01T12:00:00.000001Z", NOON_US + 1),
    ],
)
def test_a_moment_in_utc_where_it_names_no_zone(text, at_us):
    assert moment_us(text) == at_us


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "2026-01-01T25:00Z", "1767268800"])
def test_what_is_no_moment_is_a_mistake(text):
    with pytest.raises(ConfigError, match="is no moment; write it like"):
        moment_us(text)
