"""What a request may want of whoever answers, against a listing that shows one provider."""

import json
from decimal import Decimal

import pytest

from darkhorse.base.errors import (
    ClientGone,
    ContextExceeded,
    Draining,
    InvalidRequest,
    LedgerUnavailable,
    ModelDeprecated,
    NoEndpoints,
    PrivacyRestricted,
    RateLimited,
    Unauthorized,
    Unavailable,
    UnknownModel,
)
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.price import Price
from darkhorse.router.wishes import check_wish, may_pass_on
from darkhorse.wire.chat.request import parse

LISTING = Listing(
    slug="x/y",
    title="Y",
    context=100,
    max_output=40,
    parameters=("seed",),
    price=Price(prompt=Decimal("0.5"), completion=Decimal(2)),
)


def asked(provider, **fields):
    body = {"model": "x/y", "messages": [{"role": "user", "content": "hi"}], **fields}
    return parse(json.dumps({**body, "provider": provider}).encode())


GRANTED = [
    {},
    {"only": ["stealth"]},
    {"only": ["other", "Stealth"]},
    {"order": ["other"]},
    {"order": ["stealth"], "allow_fallbacks": False},
    {"allow_fallbacks": False},
    {"ignore": ["other"]},
    {"quantizations": ["fp8", "unknown"]},
    {"data_collection": "allow", "zdr": False},
    {"max_price": {"prompt": 0.5, "completion": "2"}},
    {"sort": "price"},
    {"sort": {"by": "latency", "partition": "none"}},
    {"preferred_min_throughput": 5, "options": {"stealth": {"a": 1}}, "unheard_of": [1]},
]
REFUSED = [
    ({"only": ["other"]}, "stealth"),
    ({"ignore": ["stealth"]}, "stealth"),
    ({"order": ["other"], "allow_fallbacks": False}, "stealth"),
    ({"quantizations": ["fp8"]}, "quantization"),
    ({"max_price": {"prompt": "0.4"}}, "max_price"),
    ({"max_price": {"completion": 1.9}}, "max_price"),
    ({"enforce_distillable_text": True}, "distillation"),
]


@pytest.mark.parametrize("provider", GRANTED)
def test_wishes_that_can_be_granted_are(provider):
    assert check_wish(asked(provider), LISTING) is None


@pytest.mark.parametrize(("provider", "why"), REFUSED)
def test_wishes_that_cannot_be_granted_are_refused_with_the_reason(provider, why):
    with pytest.raises(NoEndpoints, match=why) as refused:
        check_wish(asked(provider), LISTING)
    assert (refused.value.status, refused.value.availability) == (404, "constraint_filtered")


@pytest.mark.parametrize("provider", [{"data_collection": "deny"}, {"zdr": True}])
def test_whoever_wants_no_log_is_told_that_there_is_one(provider):
    with pytest.raises(PrivacyRestricted, match="matching your data policy") as refused:
        check_wish(asked(provider), LISTING)
    assert (refused.value.status, refused.value.availability) == (404, "privacy_restricted")


def test_parameters_may_be_required():
    require = {"require_parameters": True}
    check_wish(asked(require, seed=1, max_tokens=5), LISTING)
    with pytest.raises(NoEndpoints, match="`top_k`"):
        check_wish(asked(require, seed=1, top_k=5), LISTING)
    check_wish(asked({}, top_k=5), LISTING)


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (UnknownModel, True),
        (ModelDeprecated, True),
        (ContextExceeded, True),
        (PrivacyRestricted, True),
        (RateLimited, True),
        (Unavailable, True),
        (InvalidRequest, False),
        (Unauthorized, False),
        (Draining, False),
        (LedgerUnavailable, False),
        (ClientGone, False),
    ],
)
def test_the_next_model_is_asked_where_it_may_fare_better(error, passes):
    assert may_pass_on(error()) is passes
