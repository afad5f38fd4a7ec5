"""An error object in an answer's place, however its engine writes its status."""

import json

import pytest

from darkhorse.wire.chat.engine import parse_event, parse_whole
from darkhorse.wire.faults import UpstreamFault


@pytest.mark.parametrize("read", [parse_event, parse_whole])
@pytest.mark.parametrize(
    ("code", "status"), [(429, 429), ("503", 503), ("rate_limited", 0), (None, 0)]
)
def test_an_error_is_a_fault_of_its_status(read, code, status):
    body = json.dumps({"error": {"message": "GLM says no", "code": code}}).encode()
    with pytest.raises(UpstreamFault) as told:
        read(body)
    assert (told.value.kind, told.value.status) == ("error_event", status)
