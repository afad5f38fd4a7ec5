"""What `/models` and its kin say, to the letter: a key more is a leak, a key less breaks SDKs."""

from decimal import Decimal

import pytest
from msgspec import json, structs

from darkhorse.catalog import notices, public, search
from darkhorse.catalog.launch import Life, PublicLaunch, Reveal
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.price import Price

DAY = 86_400_000_000
T0 = 1_770_336_000_000_000  # 6 February 2026
LISTING = Listing(
    slug="stealth/mule-beta",
    aliases=("mule",),
    title="Mule Beta",
    description="A mule.",
    input=("text", "image"),
    context=1000,
    max_output=500,
    parameters=("tools", "stop"),
    price=Price(prompt=Decimal("0.60"), completion=Decimal(20), request=Decimal("0.001")),
    moderated=True,
    disclosure="Logged.",
)
LIVE = PublicLaunch(
    listing=LISTING,
    life=Life(state="live", created_us=T0 - DAY, live_us=T0, closes_us=T0 + 5 * DAY),
)
ARCHITECTURE = {
    "modality": "text+image->text",
    "input_modalities": ["text", "image"],
    "output_modalities": ["text"],
    "tokenizer": "Other",
    "instruct_type": None,
}
PRICING = {"prompt": "0.0000006", "completion": "0.00002", "request": "0.001", "image": "0"}
CARD = {
    "id": "stealth/mule-beta",
    "object": "model",
    "owned_by": "stealth",
    "canonical_slug": "stealth/mule-beta",
    "hugging_face_id": None,
    "name": "Mule Beta",
    "created": T0 // 1_000_000,
    "description": "A mule.\n\nLogged.",
    "context_length": 1000,
    "architecture": ARCHITECTURE,
    "pricing": PRICING,
    "top_provider": {"context_length": 1000, "max_completion_tokens": 500, "is_moderated": True},
    "per_request_limits": None,
    "supported_parameters": ["stop", "tools"],
    "structured_outputs": "held",
    "default_parameters": None,
    "supported_voices": None,
    "knowledge_cutoff": None,
    "expiration_date": "2026-02-11",
    "links": {"details": "/api/v1/models/stealth/mule-beta/endpoints"},
}
ENDPOINT = {
    "name": "Stealth | stealth/mule-beta",
    "model_id": "stealth/mule-beta",
    "model_name": "Mule Beta",
    "provider_name": "Stealth",
    "tag": "stealth",
    "context_length": 1000,
    "max_completion_tokens": 500,
    "max_prompt_tokens": None,
    "pricing": PRICING,
    "quantization": None,
    "supported_parameters": ["stop", "tools"],
    "supports_implicit_caching": False,
    "supports_tool_choice": {"none": False, "auto": True, "required": False, "function": False},
    "native_tools": {},
    "service_tier": None,
    "supports_diarization": False,
    "status": 0,
    "uptime_last_5m": None,
    "uptime_last_30m": None,
    "uptime_last_1d": None,
    "latency_last_30m": None,
    "throughput_last_30m": None,
}


def told(answer):
    """As a client reads it."""
    return json.decode(json.encode(answer))


def card_of(launch, now):
    return told(public.model_card(launch, now))


def page_of(launch, now):
    return told(public.endpoints_page(launch, now))


def with_life(**fields):
    return structs.replace(LIVE, life=structs.replace(LIVE.life, **fields))


def test_a_card_to_the_letter():
    assert card_of(LIVE, T0) == CARD


def test_a_page_of_cards():
    cards = [public.model_card(LIVE, T0)] * 2
    page = told(search.page(cards, search.ModelsQuery()))
    rest = {"object": "list", "total_count": 2, "links": {"next": None}}
    assert page == {"data": [CARD, CARD], **rest}


def test_the_endpoints_are_one_while_it_lives_and_none_after():
    about = {name: CARD[name] for name in ("id", "name", "created", "description")}
    page = page_of(LIVE, T0)
    assert page == {"data": {**about, "architecture": ARCHITECTURE, "endpoints": [ENDPOINT]}}
    assert page_of(LIVE, T0 + 5 * DAY)["data"]["endpoints"] == []


@pytest.mark.parametrize(
    ("parameters", "held"), [(("tools", "tool_choice"), True), (("tool_choice",), False)]
)
def test_words_of_tool_choice_hold_where_they_are_passed_on(parameters, held):
    listing = structs.replace(LISTING, parameters=parameters)
    (endpoint,) = page_of(structs.replace(LIVE, listing=listing), T0)["data"]["endpoints"]
    words = ("none", "auto", "required", "function")
    assert endpoint["supports_tool_choice"] == dict.fromkeys(words, held)


def test_without_a_window_there_is_no_end():
    card = card_of(with_life(closes_us=None), T0 + 1000 * DAY)
    assert card == {**CARD, "expiration_date": None}


def test_a_free_listing_is_free():
    free = structs.replace(LIVE, listing=structs.replace(LISTING, price=Price()))
    zero = dict.fromkeys(("prompt", "completion", "request", "image"), "0")
    assert card_of(free, T0)["pricing"] == zero


def test_the_end_is_told_from_a_day_before_to_the_microsecond():
    told = "Mule Beta is available until 11 February 2026, 00:00 UTC.\n\nA mule.\n\nLogged."
    assert card_of(LIVE, T0 + 4 * DAY - 1)["description"] == "A mule.\n\nLogged."
    assert card_of(LIVE, T0 + 4 * DAY)["description"] == told
    assert card_of(LIVE, T0 + 5 * DAY - 1)["description"] == told
    assert not notices.is_ending(LIVE, T0 + 5 * DAY)
    assert notices.ending(with_life(closes_us=None)) == ""


@pytest.mark.parametrize(
    ("life", "day"),
    [
        ({"state": "retired", "retired_us": T0 + 2 * DAY}, 8),  # by hand, before its window's end
        ({"state": "retired", "retired_us": T0 + 5 * DAY}, 11),
        ({}, 11),  # the window's end, written down by nobody
        ({"state": "retired", "retired_us": T0 + 7 * DAY, "closes_us": None}, 13),
    ],
)
def test_the_farewell_has_the_day_of_its_real_end(life, day):
    gone = with_life(**life)
    told = card_of(gone, T0 + 20 * DAY)["description"]
    assert told.startswith(f"The trial of Mule Beta ended on {day} February 2026. Thank you")


@pytest.mark.parametrize(
    ("reveal", "told"),
    [
        ({}, "Mule Beta was Example-5 by Example Lab."),
        ({"text": " Thank you. "}, "Mule Beta was Example-5 by Example Lab. Thank you."),
        (
            {"successor": "example/five"},
            "Mule Beta was Example-5 by Example Lab. Use `example/five` instead.",
        ),
    ],
)
def test_the_reveal_has_no_empty_words(reveal, told):
    gone = with_life(state="revealed", retired_us=T0 + DAY, revealed_us=T0 + 2 * DAY)
    gone = structs.replace(gone, reveal=Reveal(maker="Example Lab", model="Example-5", **reveal))
    assert page_of(gone, T0 + 3 * DAY)["data"]["description"] == told
    assert notices.revealed(LIVE) == ""
