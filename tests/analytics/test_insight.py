"""What an operator is told to look at, and when he is left alone."""

import pytest

from darkhorse.analytics.failures import clusters
from darkhorse.analytics.insight import (
    Chore,
    LaunchState,
    of_chores,
    of_counts,
    of_failures,
    of_launches,
    of_use,
)
from darkhorse.storage.figures import Quantiles
from darkhorse.storage.insight import Use
from darkhorse.storage.traits import Counts

HOUR_US = 3_600_000_000
NOW = 500_000 * HOUR_US


def texts(found):
    return [each.text for each in found]


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (Use(requests=100, ended=100, done=100), Use(requests=90, ended=90, done=90), []),
        (Use(ended=100, failed=5), None, ["5.0 % of answers failed (5)."]),
        (Use(ended=100, failed=4), None, []),
        (Use(ended=19, failed=19), None, []),  # too few to say
        (
            Use(requests=100, ended=100, failed=10),
            Use(requests=50, ended=50, failed=1),
            ["10.0 % of answers failed (10); before it was 2.0 %."],
        ),
        (Use(ended=50, cancelled=20), None, ["40.0 % of clients hung up (20)."]),
        (Use(), Use(requests=20), ["Nobody asks any more; the time before saw 20 requests."]),
        (Use(), Use(requests=19), []),
    ],
)
def test_failures_hang_ups_and_silence(now, before, said):
    assert texts(of_use(now, before)) == said


@pytest.mark.parametrize(
    ("now", "before", "is_said"),
    [
        (5_000.0, 2_000.0, True),
        (3_900.0, 2_000.0, False),
        (1_500.0, 100.0, False),
        (None, 1.0, False),
    ],
)
def test_a_first_token_that_comes_late(now, before, is_said):
    uses = [Use(requests=1, first_token_ms=Quantiles(1.0, late, 1.0)) for late in (now, before)]
    assert bool(texts(of_use(*uses))) == is_said


def test_troubles_of_answers_by_their_share():
    assert not list(of_counts(Counts(ended=100, refused=19, cut=19, retried=9)))
    found = list(of_counts(Counts(ended=100, refused=20, tool_call=5)))
    assert [each.about for each in found] == ["refused", "tool_call"]
    assert not list(of_counts(Counts(ended=10, refused=10)))


def test_a_cause_is_told_when_it_is_new_or_grew():
    now = clusters([("timeout", "a b c", 30, "gen-1"), ("server", "x", 4, "gen-2")])
    assert texts(of_failures(now, ()))[0].startswith("30 failures of one cause, it is new:")
    assert len(list(of_failures(now, ()))) == 1  # four are too few
    grown = list(of_failures(now, clusters([("timeout", "a b c", 10, "gen-0")])))
    assert "before there were 10" in grown[0].text
    assert grown[0].about == "gen-1"
    assert not list(of_failures(now, clusters([("timeout", "a b c", 11, "gen-0")])))
    other = clusters([("server", "a b c", 30, "gen-0")])  # of another error
    assert len(list(of_failures(now, other))) == 1


def test_windows_and_audits():
    def launch(closes_us=None, audit="audited"):
        return LaunchState(slug="stealth/pony", closes_us=closes_us, audit=audit)

    calm = [launch(), launch(NOW + 25 * HOUR_US), launch(audit="old")]
    assert not list(of_launches(calm, NOW))
    assert "ends in 5 hours" in texts(of_launches([launch(NOW + 5 * HOUR_US)], NOW))[0]
    assert "within the hour" in texts(of_launches([launch(NOW + HOUR_US // 2)], NOW))[0]
    assert "changed since its audit" in texts(of_launches([launch(audit="changed")], NOW))[0]
    assert "never audited" in texts(of_launches([launch(audit="never")], NOW))[0]
    many = texts(of_launches([launch(audit="never")] * 9, NOW))
    assert len(many) == 1
    assert many[0].startswith("9 live launches were never audited: ")
    assert many[0].endswith(" and 6 more.")


def test_the_keeper():
    assert not list(of_chores([Chore(name="pack")], 10_000, NOW, keeper_at_us=NOW))
    found = texts(
        of_chores([Chore(name="pack", problem="disk full")], 10_001, NOW, keeper_at_us=NOW)
    )
    assert "`pack` fails: disk full" in found[0]
    assert "10,001 records" in found[1]
    assert "said nothing" in texts(of_chores((), None, NOW, keeper_at_us=NOW - HOUR_US))[0]
    assert not list(of_chores((), None, NOW, keeper_at_us=0))  # none runs: another page says so
