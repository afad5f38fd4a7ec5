"""Whatever an engine answers, there is a sentence for it and never an exception."""

import asyncio
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.launches.finding import quoted
from darkhorse.launches.inquiry import Reply, Target, Waits
from darkhorse.launches.probe import EndpointProbe
from darkhorse.launches.ratios import Uncounted, usage_of
from darkhorse.launches.verdict import judge_fault, judge_listed, judge_stream, judge_whole
from darkhorse.wire.faults import UpstreamFault

TARGET = Target(name="east", url="http://127.0.0.1:1/v1", model="m")

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
names = st.sampled_from(
    [
        *("error", "message", "choices", "delta", "content", "usage", "prompt_tokens"),
        *("type", "done", "object", "code", "role"),
    ]
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
documents = values.map(lambda value: json.dumps(value).encode())
bodies = st.binary(max_size=200) | documents | documents.map(lambda it: b"data: " + it + b"\n\n")
statuses = st.sampled_from([200, 200, 200, 204, 302, 400, 401, 404, 405, 422, 500])


def check(finding):
    assert finding.text.startswith("Endpoint east")
    assert finding.level in ("ok", "warn", "refuse")
    assert not any(ord(letter) < 32 for letter in finding.text)


@given(statuses, bodies, st.binary(max_size=20))
def test_any_reply_has_a_verdict(status, body, coding):
    reply = Reply(status=status, headers={b"content-encoding": coding}, body=body, ms=1)
    check(judge_listed(TARGET, reply))
    for judge in (judge_whole, judge_stream):
        finding = judge(TARGET, reply)
        if status != 200:
            assert finding
            assert finding.level == "refuse"
        if finding:
            check(finding)


@given(bodies)
def test_usage_is_a_number_or_a_reason(body):
    with suppress(Uncounted, UpstreamFault):
        assert usage_of(TARGET, body) > 0


@given(
    st.sampled_from(["connect", "cut", "garbage", "too_large", "first_token_timeout"]),
    st.sampled_from(["gaierror: ", "SSLError: ", "closed ", "OSError: ", ""]),
    st.text(max_size=300),
)
def test_any_fault_has_a_verdict(kind, error, said):
    finding = judge_fault(TARGET, UpstreamFault(kind, detail=error + said))
    check(finding)
    assert finding.level == "refuse"


@given(st.binary() | st.text())
def test_a_quotation_is_one_short_line(said):
    text = quoted(said)
    assert len(text) <= 203
    assert text == "nothing" or (text[0], text[-1]) == ("“", "”")
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text)


@pytest.mark.parametrize(
    "scenario",
    [
        "garbage",
        "garbage?where=all",
        "json-scalar",
        "bad-utf8",
        "null-bytes",
        "lone-surrogate",
        "truncated-json",
        "wrong-types?case=part-list",
        "wrong-types?case=usage-list",
        "deep-nesting",
        "huge-event",
        "bad-chunk-size",
        "double-content-length",
        "length-and-chunked",
        "huge-headers",
        "cut-headers",
        "reset",
        "error-first",
        "status-404?body=garbage",
        "status-400?body=huge",
    ],
)
def test_no_misbehaviour_breaks_the_probe(scripted, scenario):
    target = Target(name="east", url=scripted, model=scenario)
    findings = asyncio.run(EndpointProbe(target, Waits(connect_s=2, answer_s=10)).run())
    assert findings
    for finding in findings:
        check(finding)
