"""The headers that warn of an end: from a day before it, in the form of their RFCs."""

import pytest

from darkhorse.api.endings import ending_headers

DAY = 86_400_000_000
CLOSES = 1_770_825_599_999_999  # 11 February 2026, a microsecond before 16:00:00 UTC


@pytest.mark.parametrize("now_us", [CLOSES - DAY, CLOSES - 1, CLOSES, CLOSES + DAY])
def test_in_its_last_day_both_are_there(now_us):
    assert ending_headers(CLOSES, now_us) == [
        (b"sunset", b"Wed, 11 Feb 2026 15:59:59 GMT"),
        (b"deprecation", b"@1770739199"),
    ]


def test_neither_while_the_end_is_far_or_unset():
    assert ending_headers(CLOSES, CLOSES - DAY - 1) == []
    assert ending_headers(None, CLOSES) == []
