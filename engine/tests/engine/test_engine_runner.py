"""The engine in its thread: requests from others, deltas out, a crash told."""

from collections.abc import Callable
from queue import Queue
from threading import Thread, current_thread

import pytest
from engine_models import engine_of, prompt, tiny

from darkhorse_engine.engine import Refused
from darkhorse_engine.runner import Runner
from darkhorse_engine.sampling import Sampling
from darkhorse_engine.sequence import Delta, Request

GREEDY = Sampling(temperature=0)
WAIT = 60


def _request(seed: int, most: int = 12) -> Request:
    return Request(prompt=prompt(40, seed), sampling=GREEDY, max_tokens=most)


def _no_crash(error: BaseException) -> None:
    raise AssertionError from error


def _whole(heard: Queue[Delta]) -> list[int]:
    tokens: list[int] = []
    while True:
        delta = heard.get(timeout=WAIT)
        tokens += [sampled.token for sampled in delta.tokens]
        if delta.finish:
            return tokens


def test_many_threads_are_each_told_their_own() -> None:
    expected = [engine_of(tiny()).answer([_request(seed)])[0].tokens for seed in range(6)]
    runner = Runner(engine_of(tiny()), _no_crash)
    runner.start()
    said: dict[int, list[int]] = {}

    def ask(seed: int) -> None:
        heard: Queue[Delta] = Queue()
        runner.submit(_request(seed), heard.put)
        said[seed] = _whole(heard)

    threads = [Thread(target=ask, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    runner.stop(WAIT)
    assert [said[seed] for seed in range(6)] == expected
    assert not runner.is_alive
    assert (runner.open, runner.stats.finished) == (0, 6)


def test_listeners_are_called_in_the_engines_thread_and_refusals_raised_in_the_callers() -> None:
    runner = Runner(engine_of(tiny(), pages=2), _no_crash)
    runner.start()
    names: Queue[str] = Queue()
    runner.submit(_request(0, 1), lambda _: names.put(current_thread().name))
    assert names.get(timeout=WAIT) == "engine"
    with pytest.raises(Refused):
        runner.submit(_request(0, 1000), _no_listener)
    assert runner.open == 0
    runner.stop(WAIT)


def _no_listener(delta: Delta) -> None:
    raise AssertionError(delta)


def test_a_cancelled_request_hears_nothing_more_and_frees_its_pages() -> None:
    engine = engine_of(tiny(), reuse=False)
    runner = Runner(engine, _no_crash)
    first: Queue[Delta] = Queue()
    cancelled = runner.submit(_request(0, 900), first.put)
    runner.start()
    first.get(timeout=WAIT)
    runner.cancel(cancelled)
    other: Queue[Delta] = Queue()
    runner.submit(_request(1), other.put)
    _whole(other)
    assert runner.open == 0
    assert runner.stats.running == 0
    assert engine.pool.free == engine.pages.count
    runner.stop(WAIT)
    assert first.qsize() < 900


def _crashing(engine_step: Callable[[], object]) -> Callable[[], object]:
    def step() -> object:
        engine_step()
        raise MemoryError("no memory for a tensor")

    return step


def test_a_crash_is_told_and_ends_the_thread() -> None:
    engine = engine_of(tiny())
    engine.step = _crashing(engine.step)
    crashes: Queue[BaseException] = Queue()
    runner = Runner(engine, crashes.put)
    runner.start()
    runner.submit(_request(0), lambda _: None)
    assert isinstance(crashes.get(timeout=WAIT), MemoryError)
    runner.stop(WAIT)
    assert not runner.is_alive
