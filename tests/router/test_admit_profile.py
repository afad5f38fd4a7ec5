"""The listing's profile is enforced where a request is admitted, before any endpoint."""

import pytest
from msgspec import Raw

from darkhorse.base.errors import InvalidRequest
from darkhorse.router.admit import admit
from router.test_admit import launch, request


def test_a_value_out_of_range_is_not_admitted():
    listing = launch(parameters=("temperature",))
    admit(request(parameters={"temperature": Raw(b"2")}), listing)
    with pytest.raises(InvalidRequest, match="temperature"):
        admit(request(parameters={"temperature": Raw(b"2.1")}), listing)
