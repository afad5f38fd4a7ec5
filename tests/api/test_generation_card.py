"""What a lookup says of a generation, to the letter: public values, and null for an engine's."""

import pytest
from operations_kit import ask

from darkhorse.api.operations.generations import generation_operations
from darkhorse.storage.accounting import GenerationFacts

FACTS = GenerationFacts(
    id="gen-7-x",
    key="k",
    at_us=7_000_000,
    listing="stealth/mule",
    dialect="chat",
    streamed=True,
    outcome="done",
    finish="stop",
    prompt_tokens=5,
    completion_tokens=4,
    reasoning_tokens=1,
    micro_usd=250,
    first_token_ms=20.0,
    duration_ms=30.0,
)
TOLD = {
    "id": "gen-7-x",
    "model": "stealth/mule",
    "provider_name": "Stealth",
    "api_type": "completions",
    "origin": "",
    "data_region": "global",
    "created_at": "1970-01-01T00:00:07.000Z",
    "streamed": True,
    "cancelled": False,
    "is_byok": False,
    "finish_reason": "stop",
    "native_finish_reason": "stop",
    "latency": 20.0,
    "generation_time": 30.0,
    "tokens_prompt": 5,
    "tokens_completion": 4,
    "native_tokens_prompt": 5,
    "native_tokens_completion": 4,
    "native_tokens_reasoning": 1,
    "native_tokens_cached": 0,
    "usage": 0.00025,
    "total_cost": 0.00025,
}
NOBODYS = {
    *("request_id", "upstream_id", "provider_responses", "router", "http_referer", "user_agent"),
    *("app_id", "preset_id", "workspace_id", "external_user", "session_id", "moderation_latency"),
    *("native_tokens_completion_images", "num_media_prompt", "num_media_completion"),
    *("num_input_audio_prompt", "num_search_results", "num_fetches", "web_search_engine"),
    *("upstream_inference_cost", "cache_discount", "service_tier", "response_cache_source_id"),
}


class Known:
    async def facts(self, generation, key):
        return FACTS


@pytest.mark.parametrize("key", ["management", "developer"])
def test_a_lookup_to_the_letter(key):
    operations = generation_operations(Known(), None)
    told = ask(operations, "GET", "/generation", key=key, query="id=gen-7-x")
    assert told.status == 200
    assert told.json == {"data": {**TOLD, **dict.fromkeys(NOBODYS)}}
