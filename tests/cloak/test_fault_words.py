"""Whatever an engine's fault says, a client reads one of our sentences and one of our statuses."""

import typing

import pytest

from darkhorse.cloak.faults import public
from darkhorse.wire.faults import FaultKind, UpstreamFault

KINDS = typing.get_args(FaultKind)
TOLD = {
    **dict.fromkeys((401, 402, 403, 404, 405, 407, 410, 451, 503, 529), 503),
    **dict.fromkeys((400, 406, 409, 411, 412, 413, 415, 416, 417, 422, 424, 428, 431), 400),
    **dict.fromkeys((425, 429), 429),
    **dict.fromkeys((408, 504, 522, 524, 598, 599), 504),
    **dict.fromkeys((100, 204, 301, 414, 418, 499, 500, 501, 502, 505, 520, 0), 502),
}
SENTENCES = {
    400: {
        "The model could not take this request as it is.",
        "The prompt is longer than this model's context. Shorten the conversation.",
    },
    422: {"The model's answer did not fit what was asked of it."},
    429: {"The model is busy; try again shortly."},
    502: {"The model did not give a usable answer."},
    503: {"The model is not available just now."},
    504: {"The model took too long to answer."},
}
BY_KIND = {
    "context": 400,
    "broken_promise": 422,
    **dict.fromkeys(("connect", "unusable"), 503),
    **dict.fromkeys(("first_token_timeout", "idle_timeout", "total_timeout"), 504),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_told_in_our_words(kind):
    told = public(UpstreamFault(kind, status=418, detail="GLM at 10.0.0.9 says no"))
    assert told.status == BY_KIND.get(kind, 502)
    assert told.message in SENTENCES[told.status]
    assert str(told) == told.message


@pytest.mark.parametrize("kind", ["status", "error_event"])
@pytest.mark.parametrize("status", TOLD)
def test_a_status_becomes_one_of_ours(kind, status):
    told = public(UpstreamFault(kind, status=status, detail="GLM"))
    assert told.status == TOLD[status]
    assert told.message in SENTENCES[told.status]
