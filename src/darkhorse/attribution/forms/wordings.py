"""How known labs, engines, gateways and web stacks word their errors.

Written from what their APIs are known to answer in 2026. Each wording is a pattern that is searched
for, whatever the case, in an error's text; each belongs to its maker alone, so that one hit tells.
What OpenRouter says is not among them: its words are the ones a neutral API uses.
"""

import re
from functools import lru_cache

from msgspec import Struct

__all__ = ["WORDINGS", "Wording", "who_says"]


class Wording(Struct, frozen=True):
    """One maker's way to put it."""

    who: str
    pattern: re.Pattern[str]


def _said(who: str, *patterns: str) -> tuple[Wording, ...]:
    return tuple(Wording(who, re.compile(each, re.IGNORECASE)) for each in patterns)


LABS: tuple[Wording, ...] = (
    *_said(
        "OpenAI",
        r"maximum context length is \d[\d,]* tokens\. however, (?:your messages|you requested)",
        r"incorrect api key provided",
        r"you didn't provide an api key",
        r"does not exist or you do not have access to it\.?(?! request id)",
        r"only the default \(1\) value is supported",
        r"is not supported with this model\. use '\w+' instead",
        r"unrecognized request arguments? supplied",
        r"unknown parameter: '",
        r"invalid (?:type|value) for '[^']+': expected",
        r"invalid value: '[^']*'\. supported values are:",
        r"integer (?:below minimum|above maximum) value\. expected a value",
        r"(?:empty array|array too long)\. expected an array with (?:minimum|maximum) length",
        r"could not parse the json body of your request",
        r"is (?:not of type '\w+'|too short) - '",
        r"you exceeded your current quota, please check your plan",
        r"sorry about that!|the engine is currently overloaded",
        r"invalid_type\b.*\binvalid_request_error|integer_below_min_value|string_above_max_length",
        r"(?:platform|help)\.openai\.com|org-[A-Za-z0-9]{24}",
    ),
    *_said(
        "Azure",
        r"content management policy|filtered due to the prompt triggering",
        r"deploymentnotfound|api deployment for this resource",
        r"invalid subscription key or wrong api endpoint",
        r"content_filter_results?|innererror|responsibleaipolicyviolation",
    ),
    *_said(
        "Anthropic",
        r"at least one message is required",
        r"prompt is too long: \d+ tokens > \d+ maximum",
        r"which is the maximum allowed number of output tokens",
        r"invalid x-api-key|x-api-key header is required",
        r"\boverloaded_error\b|^overloaded$",
        r"your credit balance is too low to access",
        r"roles must alternate between \"?user",
        r"all messages must have non-empty content|text content blocks must be non-empty",
        r"`?tool_use`? ids? (?:was|were) found without `?tool_result",
        r"number of request tokens has exceeded your (?:per-minute|daily) rate limit",
        r"`temperature` (?:may only be set to 1|and `top_p` cannot both)",
        r"input length and `max_tokens` exceed context limit",
        r"\breq_01[0-9A-Za-z]{20,}",
        r"\bmessages\.\d+\.(?:content|role)\b|could not process image",
    ),
    *_said(
        "Google",
        r"\b(?:INVALID_ARGUMENT|RESOURCE_EXHAUSTED|FAILED_PRECONDITION|PERMISSION_DENIED)\b",
        r"invalid json payload received|type\.googleapis\.com",
        r"api key not valid\. please pass a valid api key",
        r"input token count \(?\d+\)? exceeds the maximum number of tokens",
        r"\*? ?generatecontentrequest\b|please use a valid role: user, model",
        r"that.s an error\.|!!1",
    ),
    *_said(
        "Amazon",
        r"\b(?:Validation|Throttling|AccessDenied|ModelError|ServiceUnavailable)Exception\b",
        r"security token included in the request|missing authentication token",
        r"malformed input request|required key \[\w+\] not found",
        r"too many tokens, please wait before trying again",
        r"amazonaws|bedrock|coral\.service",
    ),
    *_said(
        "xAI",
        r"console\.x\.ai|maximum prompt length is \d+ but the request contains",
        r"argument not supported on this model|model grok-",
    ),
    *_said(
        "DeepSeek",
        r"failed to deserialize the json body into the target type",
        r"authentication fails\b|your api key: \*{4}",
        r"^insufficient balance$|^model not exist$",
        r"valid range of max_tokens is \[",
        r"must be passed back to the api|deepseek-(?:chat|reasoner)",
    ),
    *_said(
        "Mistral",
        r"service tier capacity exceeded|requests rate limit exceeded",
        r"^invalid model: ",
        r"must be a-z, a-z, 0-9, with a length of 9",
        r"expected last role user or tool",
        r"too large for model with \d+ maximum context length",
    ),
    *_said(
        "Cohere",
        r"must be at least 1 token long or tool results",
        r"too many tokens: total number of tokens",
        r"invalid api token|please check the api documentation",
    ),
    *_said(
        "Moonshot",
        r"your request exceeded model token limit",
        r"invalid temperature: only [\d.]+ is allowed",
        r"^invalid authentication$|invalid part type|tokenization failed",
        r"organization max (?:rpm|tpm|concurrency)",
        r"\b(?:exceeded_current_quota|engine_overloaded)_error",
    ),
    *_said(
        "Zhipu",
        r"\"code\": ?\"1[123]\d\d\"",
        r"prompt exceeds max length|temporarily overloaded, please try again later",
        r"token expired or incorrect|unknown model, please check the model code",
        r"network_error\b",
    ),
    *_said(
        "Alibaba",
        r"range of (?:input length|max_tokens|top_p|temperature) should be",
        r"internalerror\.algo|datainspectionfailed|\barrearage\b|throttling\.\w+quota",
        r"input data may contain inappropriate content",
        r"make sure your account is in good standing",
        r"parameter\.enable_thinking|dashscope",
    ),
    *_said(
        "MiniMax",
        r"base_resp|invalid params, |context window exceeds limit",
        r"carry the api secret key|\(1008\)|\(2013\)",
    ),
    *_said(
        "ByteDance",
        r"specified in the request (?:is|are) not valid",
        r"request id: ?0[12][0-9a-f]{20,}",
        r"invalidendpointormodel|accountoverdueerror|setlimitexceeded|sensitivecontentdetected",
    ),
    *_said(
        "Baidu",
        r"the length of messages must be an odd number|the max input characters is",
        r"invalid_iam_token|error_code\"? ?: ?3360\d\d",
    ),
    *_said("Tencent", r"failedoperation\.|invalidparametervalue\.|resourceunavailable\."),
    *_said(
        "Groq",
        r"minimum number of items is \d|please reduce the length of the messages or completion",
        r"service tier `on_demand`|failed_generation|tool_use_failed|console\.groq\.com",
        r"property '\w+' is unsupported",
    ),
    *_said("Together", r"api\.together\.|together\.ai"),
    *_said(
        "Fireworks",
        r"model not found, inaccessible, and/or not deployed",
        r"prompt is too long: \d+, model maximum context length",
    ),
)
ENGINES: tuple[Wording, ...] = (
    *_said(
        "vLLM",
        r"maximum context length is \d+ tokens|maximum model length of \d+",
        r"\b(?:BadRequest|NotFound|InternalServer|VLLMValidation|EngineDead)Error\b",
        r"max_tokens must be at least 1, got|must be non-negative, got|must be in \(0, 1\], got",
        r"^the model `[^`]*` does not exist",
        r"tool choice requires --|--(?:enable-auto-tool-choice|tool-call-parser|reasoning-parser)",
        r"default chat template is no longer allowed|^unexpected message role",
        r"conversation roles must alternate",
        r"at most \d+ (?:image|audio|video)\(s\) may be provided",
        r"is not a multimodal model|\bvllm\b|guided_(?:json|decoding)|xgrammar",
    ),
    *_said(
        "SGLang",
        r"is longer than the model's context length|requested token count exceeds",
        r"exceeds the maximum allowed length|max_new_tokens must|sglang",
    ),
    *_said(
        "llama.cpp",
        r"exceeds? the available context size|exceed_context_size_error",
        r"\bn_(?:ctx|prompt_tokens)\b",
        r"\[json\.exception\.|failed to parse (?:messages|tools|grammar)\b|--jinja",
        r"^file not found$|^loading model$|not_supported_error",
        r"unsupported content\[\]\.type|provide the mmproj|\b(?:llama|ggml|gguf)",
    ),
    *_said(
        "Ollama",
        r"not found, try pulling it first|registry\.ollama|does not support (?:tools|thinking)$",
        r"go struct field|invalid message content type|looking for beginning of",
        r"^\{\"error\": ?\"",
    ),
    *_said(
        "TGI",
        r"`inputs` (?:tokens|must have)|input validation error|max_new_tokens",
        r"\"error_type\": ?\"(?:validation|generation|overloaded|template_error)\"",
    ),
    *_said("TensorRT-LLM", r"tensorrt|trtllm|triton|default_max_tokens \("),
    *_said("LM Studio", r"lm ?studio|no models loaded|returning 200 anyway"),
)
GATEWAYS: tuple[Wording, ...] = (
    *_said(
        "LiteLLM",
        r"litellm|received model group|available model group fallbacks",
        r"\b[a-z]\w*exception - |llm provider not provided|virtual key expected",
        r"no deployments available for selected model|crossed tpm",
    ),
    *_said(
        "new-api",
        r"\((?:distributor|request id: \d{14})|(?:new|one)_api_error|bad_response_status_code",
        r"do request failed|upstream_error\b",
    ),
    *_said("Portkey", r"portkey|invalid response received from"),
    *_said("Bifrost", r"is_bifrost_error|bifrost"),
    *_said("Kong", r"no route matched with those values|response was received from the upstream"),
    *_said("Envoy", r"upstream connect error|no healthy upstream|upstream request timeout"),
    *_said("nginx", r"<center>(?:nginx|openresty)|nginx/\d"),
    *_said("Cloudflare", r"^error code: \d{3,4}$|cloudflare|cf-ray"),
    *_said("AWS", r"<center>awselb|awselb/"),
    *_said("Hugging Face", r"is currently loading|estimated_time|hugging ?face"),
)
STACKS: tuple[Wording, ...] = (
    *_said(
        "Python",
        r"traceback \(most recent|file \"[^\"]+\", line \d+|/site-packages/",
        r"expecting value: line \d|'(?:type|loc|msg|input)': ",
    ),
    *_said("uvicorn", r"invalid http request received"),
    *_said("FastAPI", r"^\{\"detail\": ?|\"loc\": ?\["),
    *_said("Pydantic", r"input should be\b|field required|extra inputs are not permitted|pydantic"),
    *_said("aiohttp", r"^40[45]: |aiohttp"),
    *_said("Express", r"cannot (?:get|post|put|delete|options) /"),
    *_said("Node", r"unexpected (?:token|end of) .*json|at position \d+|node_modules"),
    *_said("Zod", r"expected \w+, received \w+"),
    *_said("Go", r"^404 page not found|goroutine \d|panic: |cannot unmarshal \w+ into"),
    *_said("Rust", r"(?:missing|unknown) field `\w+`.* at line \d+ column|thread '.*' panicked"),
    *_said("serde", r"invalid type: .*, expected .* at line \d+|unknown variant `"),
    *_said("Java", r"\bat (?:java|org|com)\.[\w.]+\(|jackson|whitelabel error"),
    *_said("Spring", r"\"timestamp\".*\"path\": ?\"/"),
)
WORDINGS: tuple[Wording, ...] = (*LABS, *ENGINES, *GATEWAYS, *STACKS)


@lru_cache(maxsize=4096)
def who_says(text: str) -> tuple[Wording, ...]:
    """Whose wordings are in this text. The same errors come again and again."""
    return tuple(each for each in WORDINGS if each.pattern.search(text))
