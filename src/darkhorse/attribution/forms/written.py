"""How ids, fields, words and headers of known engines and vendors look.

Facts from recordings of public APIs. Order matters: the first form that fits names the owner.
"""

import re
from collections.abc import Mapping

__all__ = ["owner_of_field", "owner_of_header", "owner_of_value"]

_VALUES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Bedrock's Claude", re.compile(r"(?:msg|toolu)_bdrk_")),
    ("Bedrock's Converse", re.compile(r"tooluse_[\w-]{20,}")),
    ("Vertex's Claude", re.compile(r"(?:msg|toolu|req)_vrtx_")),
    ("Anthropic", re.compile(r"(?:msg_01|toolu_01|req_01)[0-9A-Za-z]{20,}|anthropic-claude-v\d")),
    ("Kimi's template", re.compile(r"functions\.[\w-]+:\d+")),
    ("DeepSeek", re.compile(r"call_\d\d_\w{16,}|fp_\w+_prod\w*")),
    ("OpenAI", re.compile(r"chatcmpl-[0-9A-Za-z]{29}\Z|(?:resp|msg|fc|rs)_[0-9a-f]{48,}")),
    ("Azure", re.compile(r"azure-openai-responses-v\d")),
    ("Bedrock", re.compile(r"bedrock-(?:openai|xai)-responses-v\d")),
    ("Meta", re.compile(r"meta-responses-v\d")),
    ("OpenAI", re.compile(r"call_[0-9A-Za-z]{24}\Z|fp_[0-9a-f]{10}\Z|openai-responses-v\d")),
    ("Groq, or an engine of its kind", re.compile(r"chatcmpl-[0-9a-f]{8}-[0-9a-f]{4}-")),
    ("vLLM", re.compile(r"(?:chatcmpl|cmpl|chatcmpl-tool)-[0-9a-f]{16,32}\Z|vllm-\d")),
    ("llama.cpp", re.compile(r"chatcmpl-[0-9A-Za-z]{32}\Z|b\d{4,5}-[0-9a-f]{7,}\Z")),
    ("Ollama", re.compile(r"chatcmpl-\d{1,4}\Z|fp_ollama\Z")),
    ("Together", re.compile(r"o[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9a-f]{16}|(?:eos|EOS)\Z")),
    ("xAI", re.compile(r"call_[0-9a-f]{8}\Z|call_\d{8}\Z|xai-responses-v\d")),
    ("Google", re.compile(r"google-gemini-v\d|STOP\Z|MAX_TOKENS\Z|SAFETY\Z")),
    ("Cohere", re.compile(r"COMPLETE\Z|ERROR_TOXIC\Z")),
    ("Anthropic's words", re.compile(r"(?:end_turn|tool_use|pause_turn)\Z")),
    ("DeepSeek's words", re.compile(r"insufficient_system_resource\Z")),
    (
        "z.ai",
        re.compile(
            r"network_error\Z|sensitive\Z|call_[0-9a-f]{20}\Z"
            r"|20[2-4]\d[01]\d[0-3]\d{7}[0-9a-f]{16,18}\Z"
        ),
    ),
    ("Mistral, or an engine of its kind", re.compile(r"[0-9a-f]{32}\Z|[0-9A-Za-z]{9}\Z")),
    ("xAI, DeepSeek or others, by a bare uuid", re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-")),
    ("OpenAI's form", re.compile(r"(?:chatcmpl|cmpl|resp|msg|fc|rs|call|fp)[-_]")),
    ("Gemini", re.compile(r"[\w-]{22,23}\Z")),
)
_FIELDS: Mapping[str, str] = {
    "content_filter_results": "Azure",
    "prompt_filter_results": "Azure",
    "content_filter_offsets": "Azure",
    "x_groq": "Groq",
    "queue_time": "Groq",
    "prompt_time": "Groq",
    "completion_time": "Groq",
    "usage_breakdown": "Groq",
    "thoughtsTokenCount": "Gemini",
    "trafficType": "Vertex",
    "cost_in_usd_ticks": "xAI",
    "num_sources_used": "xAI",
    "citations": "xAI or Perplexity",
    "search_results": "Perplexity",
    "prompt_cache_hit_tokens": "DeepSeek",
    "prompt_cache_miss_tokens": "DeepSeek",
    "billed_units": "Cohere",
    "generation_id": "Cohere",
    "token_ids": "vLLM",
    "prompt_token_ids": "vLLM",
    "prompt_logprobs": "vLLM",
    "kv_transfer_params": "vLLM",
    "routed_experts": "vLLM",
    "stop_reason": "vLLM",
    "matched_stop": "SGLang",
    "metadata": "SGLang",
    "timings": "llama.cpp",
    "obfuscation": "OpenAI",
    "annotations": "OpenAI",
    "service_tier": "OpenAI",
    "inference_geo": "Anthropic",
    "cache_creation": "Anthropic",
    "base_resp": "MiniMax",
    "input_sensitive": "MiniMax",
    "total_characters": "MiniMax",
    "web_search": "z.ai",
    "extra_fields": "Bifrost",
    "provider_specific_fields": "LiteLLM",
    "hidden_params": "LiteLLM",
    "cost_details": "OpenRouter",
    "reasoning_content": "DeepSeek's form: vLLM, SGLang, z.ai, Kimi",
}
_HEADERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("LiteLLM", re.compile(r"x-litellm-|llm_provider-")),
    ("OpenAI", re.compile(r"openai-")),
    ("Azure", re.compile(r"apim-|azureml-|x-ms-")),
    ("Anthropic", re.compile(r"anthropic-")),
    ("Bedrock", re.compile(r"x-amzn?-")),
    ("Mistral", re.compile(r"mistral-")),
    ("Groq", re.compile(r"x-groq-")),
    ("Kong", re.compile(r"x-kong-")),
    ("Portkey", re.compile(r"x-portkey-")),
    ("Cohere", re.compile(r"num_(?:chars|tokens)\Z|x-debug-trace-id")),
    ("Google", re.compile(r"x-goog-|server-timing\Z")),
    ("MiniMax", re.compile(r"minimax-|trace-id\Z|alb_")),
    ("DeepSeek", re.compile(r"x-ds-")),
    ("Alibaba", re.compile(r"x-dashscope-|req-(?:arrive|cost)-time")),
    ("Fireworks", re.compile(r"fireworks-")),
    ("Cloudflare", re.compile(r"cf-")),
)


def owner_of_value(value: str) -> str:
    """Who writes ids or words like this; empty where nobody known does."""
    return next((name for name, form in _VALUES if form.match(value)), "")


def owner_of_field(path: str) -> str:
    """Who has a field of this name; empty where nobody known has."""
    parts = re.split(r"[.\[\]]+", path)
    return next((_FIELDS[part] for part in reversed(parts) if part in _FIELDS), "")


def owner_of_header(name: str) -> str:
    """Whose header that is; empty where nobody known sends it."""
    return next((owner for owner, form in _HEADERS if form.match(name.lower())), "")
