"""Bounds that hold whatever comes, over as many runs as it takes; disks that fill up."""

import resource
from contextlib import contextmanager

import pytest
from asking_kit import Api, answered, interviewed, probes, refused

from darkhorse.attribution.client.door import Spent
from darkhorse.attribution.keeping import Kept, Run, finished
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.plan import Bounds
from darkhorse.base.errors import ConfigError
from darkhorse.wiring.desk_unmask import _size
from darkhorse.wiring.unmask import spent_on

RUN = Run(url="http://h/v1", model="m", budget="quick", dialect="chat", seed=3)
SEEN = Observation(probe="some/1", text="word " * 8)


def usage_of(prompt, completion):
    return {"usage": {"prompt_tokens": prompt, "completion_tokens": completion}}


def test_every_call_is_told_before_it_is_made():
    told = []

    def reply(body, n):
        made.append(told[-1])
        return refused(502, "no") if n == 1 else answered()

    made = []
    ran = interviewed(
        Api(reply), probes(3), at_once=1, on_spent=lambda spent: told.append(spent.calls)
    )
    assert made == [2, 3, 4, 5]  # the listing is the first
    assert ran.interview.spent.calls == told[-1] == 5


def test_calls_that_left_no_answer_count_when_a_run_goes_on(tmp_path):
    path = tmp_path / "run.jsonl"
    with Kept(path, RUN) as kept:
        kept.append(SEEN)
        kept.note(Spent(40, 900))
        kept.append(SEEN)
        kept.note(Spent(70, 1_200))
    with Kept(path, RUN) as kept:
        assert spent_on(kept) == Spent(70, 1_200)
        assert kept.seen == [SEEN, SEEN]
        kept.note(Spent(71, 1_300))
        assert spent_on(kept) == Spent(71, 1_300)


def test_a_file_without_notes_counts_by_its_answers(tmp_path):
    with Kept(tmp_path / "run.jsonl", RUN) as kept:
        kept.append(SEEN)
        assert spent_on(kept) == Spent(1, 10)


def test_tokens_that_it_counts_itself_are_spent():
    api = Api(lambda body, n: answered(**usage_of(1_000, 4_000)))
    ran = interviewed(api, probes(50), bounds=Bounds(1000, 12_000), at_once=1)
    assert len(api.bodies) == 3
    assert "budget of 12,000 tokens" in ran.interview.ended


def test_a_count_that_cannot_be_true_spends_nothing():
    api = Api(lambda body, n: answered(**usage_of(70_001, 70_003)))
    ran = interviewed(api, probes(9), bounds=Bounds(1000, 12_000), at_once=1)
    assert len(api.bodies) == 9
    assert not ran.interview.ended


@pytest.mark.parametrize("odd", [usage_of(-(10**6), 0), {"usage": {"prompt_tokens": True}}])
def test_counts_below_nothing_give_nothing_back(odd):
    ran = interviewed(Api(lambda body, n: answered(**odd)), probes(2), at_once=1)
    assert ran.interview.spent.tokens > 0


def test_what_nobody_can_read_was_paid_for_too():
    api = Api(lambda body, n: (200, {}, b"x" * 20_000))
    ran = interviewed(api, probes(50), bounds=Bounds(1000, 12_000), at_once=1)
    assert len(api.bodies) == 3
    assert "budget of 12,000 tokens" in ran.interview.ended


@pytest.mark.parametrize(
    ("fields", "most"),
    [({"limit": 5}, 300_000), ({"limit": 5, "stream": True}, 1_200_000), ({}, 4_000_000)],
)
def test_no_more_is_read_than_the_limit_has_room_for(fields, most):
    api = Api(lambda body, n: (200, {}, b"x" * 3_000_000))
    ran = interviewed(api, probes(1, **fields), bounds=Bounds(2, 10**9), at_once=1)
    assert most / 16 < ran.interview.spent.tokens <= most / 4


def test_the_listing_is_a_call_as_well():
    api = Api(lambda body, n: answered())
    ran = interviewed(api, probes(3), bounds=Bounds(5, 10**6), spent=Spent(5, 0))
    assert api.heads == []
    assert "budget of 5 calls" in ran.interview.ended


def test_a_long_wait_is_told_of():
    ticks = []

    def reply(body, n):
        return refused(429, "slow", **{"retry-after": "299.5"}) if n == 1 else answered()

    interviewed(Api(reply), probes(2), at_once=1, on_tick=lambda tick: ticks.append(tick.what))
    assert "told to wait 300 s" in ticks


@pytest.mark.parametrize("told", ["inf", "nan", "0.2"])
def test_a_wait_that_is_none_or_for_ever_is_not_told_of(told):
    ticks = []

    def reply(body, n):
        return refused(429, "slow", **{"retry-after": told}) if n == 1 else answered()

    interviewed(Api(reply), probes(2), at_once=1, on_tick=lambda tick: ticks.append(tick.what))
    assert set(ticks) == {"some"}


def test_an_error_of_the_disk_comes_out_as_it_is():
    def full(_):
        raise OSError(28, "No space left on device")

    api = Api(lambda body, n: answered())
    answers = frozenset({"wire/models"})
    with pytest.raises(OSError, match="No space left"):
        interviewed(api, probes(9), answered=answers, at_once=4, on_seen=full)


@contextmanager
def files_of(most):
    """No file may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_costs_the_last_answer_only(tmp_path):
    path = tmp_path / "run.jsonl"
    kept = Kept(path, RUN)
    kept.append(SEEN)
    held = path.stat().st_size
    with files_of(held + 20), pytest.raises(OSError, match="File too large"), kept:
        kept.append(SEEN)
    with Kept(path, RUN) as kept:
        assert kept.seen == [SEEN]


def test_a_disk_that_is_full_from_the_start_is_told_of(tmp_path):
    with files_of(9), pytest.raises(ConfigError, match="cannot be written"):
        Kept(tmp_path / "run.jsonl", RUN)


@pytest.mark.parametrize("more", [lambda kept: kept.append(SEEN), lambda kept: kept.note(Spent())])
def test_a_finished_run_that_goes_on_is_finished_anew(tmp_path, more):
    path = tmp_path / "run.jsonl"
    with Kept(path, RUN) as kept:
        kept.finish()
    assert finished(path)
    with Kept(path, RUN) as kept:
        assert kept.is_finished
        more(kept)
        assert not kept.is_finished
    assert not finished(path)
    with Kept(path, RUN) as kept:
        kept.finish()
    assert finished(path)


@pytest.mark.parametrize(
    "seen",
    [
        Observation(usage={"a": {"b": "x" * 1000}}),
        Observation(finish="x" * 1000),
        Observation(call_ids=("x" * 500, "y" * 500)),
        Observation(moments=(0.125,) * 300),
    ],
)
def test_what_the_desk_holds_counts_with_every_field(seen):
    assert _size(seen) > 1000
