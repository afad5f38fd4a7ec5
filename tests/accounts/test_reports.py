"""What people may tell the operator, and how much of it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits_kit import HeldClock

from darkhorse.accounts import reports
from darkhorse.accounts.reports import ReportDesk
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import InvalidRequest, RateLimited
from darkhorse.storage.state.migrations import open_state
from darkhorse.storage.state.reports import SqlReportStore

DAY = 86_400


@pytest.fixture(scope="module")
def clock():
    return HeldClock()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("state") / "state.sqlite"
    store = SqlReportStore(open_state(path, SystemClock()))
    yield store
    store.close()


@pytest.fixture(scope="module")
def desk(store, clock):
    ids = itertools.count()
    return ReportDesk(store, clock, lambda: f"rep-{next(ids)}")


def test_a_report_has_an_id_and_a_moment(desk, store, clock):
    left = desk.leave(what=" spam ", text=" it\nlied ", listing="a/b", address="one")
    assert store.report(left.id) == left
    assert (left.what, left.text, left.at_us) == ("spam", "it\nlied", clock.now_us())


@pytest.mark.parametrize(
    ("field", "most"),
    [
        ("text", reports.TEXT),
        ("what", reports.WHAT),
        ("listing", reports.NAME),
        ("contact", reports.CONTACT),
    ],
)
def test_each_field_is_bounded(desk, field, most):
    whole = {"what": "other", "text": "x", "address": field}
    assert getattr(desk.leave(**{**whole, field: "é" * most}), field) == "é" * most
    with pytest.raises(InvalidRequest, match=f"at most {most:,} characters"):
        desk.leave(**{**whole, field: "é" * (most + 1)})


def test_a_report_says_something(desk):
    with pytest.raises(InvalidRequest, match="say what happened"):
        desk.leave(what="other", text=" \n ", address="blank")


def test_an_address_leaves_twenty_a_day(desk, clock):
    for _ in range(20):
        desk.leave(what="other", text="x", address="busy")
    with pytest.raises(RateLimited) as refused:
        desk.leave(what="other", text="x", address="busy")
    assert (refused.value.retry_after, "tomorrow" in refused.value.message) == (DAY, True)
    desk.leave(what="other", text="x", address="quiet")
    clock.advance(refused.value.retry_after)
    desk.leave(what="other", text="x", address="busy")


@given(st.text(alphabet=st.characters(exclude_categories=[]), min_size=1, max_size=60))
def test_any_text_is_taken_or_refused_in_words(desk, store, text):
    about = {"generation": f"gen-{hash(text)}", "listing": "a/b", "key": "k"}
    desk.comment(**about, category="other", comment=text)
    comments = {each.generation: each.comment for each in store.feedback(limit=10_000)}
    assert comments[about["generation"]] == text.encode("utf-8", "replace").decode().strip()


def test_a_second_comment_is_told_apart(desk):
    about = {"generation": "gen-twice", "listing": "a/b", "key": "k", "category": "latency"}
    assert desk.comment(**about)
    assert not desk.comment(**about)
