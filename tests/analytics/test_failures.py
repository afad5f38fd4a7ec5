"""Failures: what they say, which are of one cause, and what to do about them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.analytics.failures import clusters, counted
from darkhorse.analytics.remedies import remedy
from darkhorse.analytics.signature import LONGEST, signature
from darkhorse.base import errors
from darkhorse.storage.records import Attempt, EndRecord
from darkhorse.storage.traits import TraitRow
from darkhorse.wire.faults import FaultKind


def failed(detail, outcome="status", status=429, **end):
    attempt = Attempt(endpoint="a", duration_ms=1.0, outcome=outcome, status=status, detail=detail)
    record = {"outcome": "failed", "status": 429, "error_type": "rate_limit_exceeded", **end}
    return EndRecord(id="gen-1", at_us=1, attempts=(attempt,), **record)


def said(detail, **more):
    return signature(failed(detail, **more))


def row(at_us, text, *, person="p", error_type="server", outcome="failed", name=None):
    return TraitRow(
        id=name or f"gen-{at_us}", at_us=at_us, listing="l", dialect="chat", streamed=False,
        key="k", person=person, session="", app=0, app_name="", category="general", language="",
        length=1, turns=1, tools=False, schema=False, media=False, preview="", outcome=outcome,
        status=500, error_type=error_type, signature=text,
    )  # fmt: skip


def test_a_thousand_failures_of_one_cause_are_one_signature():
    details = [
        f'{{"error": {{"message": "Rate limit reached for org-{n:06x}a1 on requests: limit {n}, '
        f'used {n + 1}. Try again in {n / 7:.2f}s. (request id: req_{n:012x})", "code": null}}}}'
        for n in range(1000)
    ]
    assert len({said(detail) for detail in details}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("no model 'alpha-7b' here", "no model 'beta' here"),
        ('{"detail": "at 10.0.0.1:8000"}', '{"detail": "at 10.2.30.4:9000"}'),
        ("see https://a.example/x?y=1", "see https://b.example/z"),
        (
            "id 3f2504e0-4f89-11d3-9a0c-0305e82c3301 lost",
            "id 00000000-0000-4000-8000-000000000001 lost",
        ),
        ("at 2026-11-23T01:02:03Z", "at 2025-01-01 00:00:00"),
        ("file /var/lib/a/b.bin is gone", "file /tmp/c/d.safetensors is gone"),
        ("worker deadbeef01 died", "worker 0123456789 died"),
        ("Too   many\nrequests", "too many requests."),
        ("<html><h1>502 Bad Gateway</h1></html>", "<html><body>502 bad gateway"),
        (
            "{'message': \"the queue of 'a' is full\", 'code': 3}",
            '{"message": "the queue of \'b\' is full"}',
        ),
    ],
)
def test_what_is_of_one_failure_alone_is_left_out(one, other):
    assert said(one) == said(other)
    assert said(one) != said("something else entirely")


def test_a_long_story_is_cut():
    assert len(said("word by word " * 50)) == LONGEST


def test_fault_and_status_come_first():
    assert said('{"error": "x"}', status=503).startswith("status 503: ")
    assert said("", outcome="connect", status=0) == "connect"
    assert said("the text: it is not JSON: my answer", outcome="broken_promise", status=200) == (
        "broken_promise 200: the text: it is not json"
    )


def test_one_without_an_attempt_and_one_that_was_interrupted_have_theirs():
    bare = EndRecord(id="g", at_us=1, outcome="failed", status=500, error_type="server")
    assert signature(bare) == "no attempt, 500"
    assert signature(EndRecord(id="g", at_us=1, outcome="interrupted")) == "interrupted"


@pytest.mark.parametrize("outcome", ["done", "cancelled"])
def test_what_has_not_failed_has_none(outcome):
    assert said("rate limit", outcome="ok", status=200) != ""
    assert signature(EndRecord(id="g", at_us=1, outcome=outcome)) == ""


@given(st.text(max_size=600) | st.text(alphabet="a1-_/.'\"`<>{}: \\\ud800", max_size=600))
def test_a_signature_is_a_short_line_whatever_was_said(detail):
    found = said(detail)
    assert len(found) <= LONGEST
    assert found.isprintable()
    assert found == said(detail)


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "piece", ["a1-", "1.", "'a", '"message":"', "/a", "ab_", "\\", "<a ", "req_1"]
)
def test_nothing_that_was_said_takes_long(piece):
    for _ in range(20):
        said(piece * 2000)


def test_near_signatures_are_one_cluster_and_far_ones_are_not():
    given_ = [
        ("provider_overloaded", "status 503: the engine has a full queue, try later", 50, "g1"),
        (
            "provider_overloaded",
            "status 503: the engine has a full queue, try again later",
            5,
            "g2",
        ),
        ("provider_overloaded", "status 503: model is loading", 20, "g3"),
        ("server", "status 503: the engine has a full queue, try later", 25, "g4"),
    ]
    found = clusters(given_)
    assert [(each.count, each.example) for each in found] == [(55, "g1"), (25, "g4"), (20, "g3")]
    assert found[0].others == (given_[1][1],)
    assert sum(each.share for each in found) == pytest.approx(1)


def test_another_status_is_never_of_one_cause():
    found = clusters(
        [("x", "status 502: bad gateway", 1, "a"), ("x", "status 504: bad gateway", 1, "b")]
    )
    assert len(found) == 2


def test_rows_tell_of_times_and_people():
    rows = [
        row(30, "connect", person="a"),
        row(10, "connect", person="b"),
        row(20, "connect", person="a"),
        row(40, "cut: closed", person="c"),
        row(50, "", outcome="done"),
    ]
    assert counted(rows) == [
        ("server", "connect", 3, "gen-30"),
        ("server", "cut: closed", 1, "gen-40"),
    ]
    first, second = clusters(counted(rows), rows)
    assert (first.first_us, first.last_us, first.people, first.share) == (10, 30, 2, 0.75)
    assert (second.first_us, second.last_us, second.people) == (40, 40, 1)


def test_without_rows_there_are_no_times():
    (only,) = clusters([("server", "connect", 2, "g")])
    assert (only.first_us, only.last_us, only.people) == (None, None, 0)
    assert clusters([]) == []


CAUSES = st.tuples(
    st.sampled_from(["server", "timeout"]),
    st.lists(st.sampled_from(["queue", "full", "bad", "gateway", "n"]), max_size=6).map(" ".join),
    st.integers(1, 99),
    st.text(max_size=3),
)


@given(st.lists(CAUSES, unique_by=lambda each: each[:2]))
def test_every_failure_is_in_one_cluster(given_):
    found = clusters(given_)
    assert sum(each.count for each in found) == sum(each[2] for each in given_)
    told = [(each.error_type, text) for each in found for text in (each.signature, *each.others)]
    assert sorted(told) == sorted(each[:2] for each in given_)
    assert [each.count for each in found] == sorted((each.count for each in found), reverse=True)


def every_error(base=errors.DarkhorseError):
    yield base
    for each in base.__subclasses__():
        yield from every_error(each)


UNKNOWN = remedy("no such type", "")


@pytest.mark.parametrize("error_type", sorted({each.error_type for each in every_error()}))
def test_each_of_our_errors_is_explained(error_type):
    assert remedy(error_type, "no attempt, 500") != UNKNOWN


@pytest.mark.parametrize("fault", [each for each in FaultKind.__args__ if each != "status"])
def test_each_fault_is_explained_by_itself(fault):
    assert remedy("no such type", f"{fault} 200: x") != UNKNOWN


def test_the_status_behind_a_fault_says_most():
    assert remedy("provider_overloaded", "status 401: invalid key") != remedy(
        "provider_overloaded", "status 503: busy"
    )
