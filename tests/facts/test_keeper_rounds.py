"""Whose turn it is in the keeper, and what a failing chore costs the others."""

import logging

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.wiring.keeper.duty import Duty
from darkhorse.wiring.keeper.rounds import Rounds


class HandClock:
    def __init__(self):
        self.seconds = 1000.0

    def now_us(self):
        return int(self.seconds * 1_000_000)

    def monotonic(self):
        return self.seconds


class Scripted:
    """A chore whose slices are said beforehand: True, False, or what to raise."""

    every_s = 1.0

    def __init__(self, name, clock, log, slices, takes_s=0.0):
        self.name = name
        self._clock, self._log, self._slices, self._takes_s = clock, log, slices, takes_s

    def step(self):
        self._log.append(self.name)
        self._clock.seconds += self._takes_s
        said = self._slices.pop(0) if self._slices else False
        if isinstance(said, Exception):
            raise said
        return said

    def close(self):
        self._log.append(f"close {self.name}")


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def log():
    return []


@pytest.fixture
def duty(clock, log):
    def make(name, *slices, takes_s=0.0):
        left = list(slices)
        return Duty(name, "It fails", lambda: Scripted(name, clock, log, left, takes_s), clock)

    return make


def test_what_is_urgent_comes_before_every_slice_of_the_others(clock, log, duty):
    fold = duty("fold")
    others = [duty(name, *[True] * 9, takes_s=1.0) for name in ("pack", "seal")]
    rounds = Rounds([fold], others, clock)
    for _ in range(4):
        assert rounds.turn() == 0.0
    assert log == ["fold", "pack", "fold", "seal", "fold", "pack", "fold", "seal"]


def test_with_nothing_to_do_it_waits_until_something_is_due(clock, duty):
    rounds = Rounds([duty("fold")], [duty("pack")], clock)
    assert rounds.turn() == pytest.approx(1.0)
    clock.seconds += 0.25
    assert rounds.turn() == pytest.approx(0.75)


def test_a_failure_is_told_once_and_costs_the_others_nothing(clock, log, duty, caplog):
    caplog.set_level(logging.INFO)
    wrong = ConfigError("x.dhs: is damaged; run `darkhorse ledger repair`.")
    pack, seal = duty("pack", wrong, wrong, wrong), duty("seal")
    rounds = Rounds([], [pack, seal], clock)
    while clock.seconds < 1010:
        clock.seconds += rounds.turn()
    assert [each.message for each in caplog.records] == [
        "It fails (x.dhs: is damaged; run `darkhorse ledger repair`.); it is tried again.",
        "pack goes on.",
    ]
    assert log.count("seal") > 5
    assert log.count("close pack") == 3  # made anew after each


def test_a_failing_chore_is_tried_ever_less_often_and_says_why(clock, duty):
    pack = duty("pack", *[OSError(28, "the row names an endpoint")] * 20)
    pauses = []
    for _ in range(12):
        assert pack.run() is False
        pauses.append(pack.due - clock.seconds)
        clock.seconds = pack.due
    assert pauses == sorted(pauses)
    assert pauses[-1] == 30.0
    assert "OSError" in pack.report.problem
    assert "endpoint" not in pack.report.problem
    assert not pack.has_caught_up


def test_at_the_start_the_operators_mistake_is_raised(clock, log, duty):
    fold = duty("fold", ConfigError("a.dhj: broken."), OSError(5, "may pass"))
    with pytest.raises(ConfigError, match=r"a\.dhj"):
        fold.run(strict=True)
    assert log == ["fold", "close fold"]
    assert fold.run(strict=True) is False


def test_a_chore_that_cannot_be_made_is_tried_again(clock):
    made = []

    def make():
        made.append(1)
        raise ConfigError("index.sqlite: damaged.")

    duty = Duty("pack", "It fails", make, clock)
    assert duty.run() is False
    clock.seconds = duty.due
    assert duty.run() is False
    assert len(made) == 2
    duty.close()


def test_at_the_end_it_does_what_there_is_while_there_is_time(clock, log, duty):
    fold, pack = duty("fold", *[True] * 2), duty("pack", *[True] * 50, takes_s=1.0)
    rounds = Rounds([fold], [pack, duty("seal")], clock)
    rounds.finish(["fold"], 3.0)
    rounds.finish(["pack"], 3.0)
    assert log == ["fold"] * 3 + ["pack"] * 3
    rounds.close()
    rounds.close()
    assert log[6:] == ["close fold", "close pack"]
