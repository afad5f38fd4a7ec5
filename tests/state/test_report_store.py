"""Reports and feedback in the state: bounded, listed, closed, kept."""

import threading

import pytest
from msgspec import structs

from darkhorse.base.clock import SystemClock
from darkhorse.storage.reports import Feedback, Report
from darkhorse.storage.state.migrations import open_state
from darkhorse.storage.state.reports import SqlReportStore

ANY = {"since_us": 0, "most": 99, "most_open": 99}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.sqlite"


@pytest.fixture
def store(path):
    store = SqlReportStore(open_state(path, SystemClock()))
    yield store
    store.close()


def report(number, **more):
    fields = {"id": f"rep-{number}", "at_us": number, "what": "other", "text": f"text {number}"}
    return Report(**{**fields, "address": "here", **more})


def said(number, **more):
    fields = {"generation": f"gen-{number}", "listing": "stealth/pony-alpha", "key": "k"}
    return Feedback(**{**fields, "at_us": number, "category": "latency", **more})


def test_a_report_comes_back_as_it_went(store):
    whole = report(1, listing="l", generation="g", contact="me@example", text="a\nb\x1b[31m\0é")
    assert store.add(whole, **ANY)
    assert store.reports() == [whole]
    assert store.report("rep-1") == whole
    assert store.report("rep-2") is None


def test_the_open_ones_oldest_first_and_no_more_than_asked_for(store):
    for number in (3, 1, 2, 4):
        store.add(report(number), **ANY)
    assert [each.at_us for each in store.reports()] == [1, 2, 3, 4]
    assert [each.at_us for each in store.reports(limit=2)] == [3, 4]


def test_a_closed_one_leaves_the_list_and_is_kept(store):
    store.add(report(1), **ANY)
    store.add(report(2), **ANY)
    assert store.close_report("rep-1", 50, "spoke to them")
    assert not store.close_report("rep-1", 60, "again")
    assert not store.close_report("rep-9", 60, "")
    closed = structs.replace(report(1), closed_us=50, note="spoke to them")
    assert store.reports() == [report(2)]
    assert store.reports(closed=True) == [closed, report(2)]
    assert store.report("rep-1") == closed


def test_an_address_may_leave_so_many_since_then(store):
    few = {"since_us": 10, "most": 2, "most_open": 99}
    assert store.add(report(9), **few)  # before: not counted
    assert store.add(report(11), **few)
    assert store.add(report(12), **few)
    assert not store.add(report(13), **few)
    assert store.add(report(14, address="there"), **few)
    store.close_report("rep-11", 20, "")
    assert store.add(report(15), **few)


def test_all_together_may_leave_so_many(store):
    few = {"since_us": 0, "most": 99, "most_open": 2}
    assert [store.add(report(n, address=str(n)), **few) for n in range(3)] == [True, True, False]
    store.close_report("rep-0", 9, "")
    assert store.add(report(3), **few)


def test_several_at_once_pass_no_bound(path, store):
    few = {"since_us": 0, "most": 3, "most_open": 99}
    stored = []

    def leave(first):
        stored.extend(store.add(report(first + n), **few) for n in range(5))

    threads = [threading.Thread(target=leave, args=[first]) for first in (10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (stored.count(True), len(store.reports())) == (3, 3)


def test_one_feedback_for_each_generation_newest_first(store):
    assert store.add_feedback(said(1, comment="slow"))
    assert not store.add_feedback(said(1, comment="slower", category="other"))
    assert store.add_feedback(said(2))
    assert store.feedback() == [said(2), said(1, comment="slow")]
    assert store.feedback(limit=1) == [said(2)]
