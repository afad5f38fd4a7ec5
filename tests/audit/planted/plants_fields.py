"""Leaks of what stands in an answer: ids, fingerprints, ends, names, fields, thoughts, logprobs."""

from collections.abc import Callable
from typing import Any

from .leaky import Asked, Said
from .planting import ALNUM, HEX, Bed, digest, envelopes, on_answers, usages

__all__ = ["BED"]

BED = Bed()
plant = BED.plant
Object = dict[str, Any]


def uuid(seed: object) -> str:
    text = digest(seed, 32)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def minted(form: Callable[[str], str]):
    """Answers have ids of another form, in every dialect."""

    def change(said: Said) -> None:
        said.each(
            lambda found: [each.update(id=form(str(each["id"]))) for each in envelopes(found)]
        )

    return on_answers(change)


for like, form in (
    ("Anthropic", lambda old: f"msg_01{digest(old, 22, ALNUM)}"),
    ("OpenAI", lambda old: f"chatcmpl-{digest(old, 29, ALNUM)}"),
    ("Bedrock", lambda old: f"msg_bdrk_01{digest(old, 22, ALNUM)}"),
    ("xAI", uuid),
    ("Mistral", lambda old: digest(old, 32)),
    ("Gemini", lambda old: digest(old, 22, ALNUM + "-_")),
    ("z.ai", lambda old: f"20261122{digest(old, 6, '012345')}{digest(old, 16)}"),
    ("Groq", lambda old: f"chatcmpl-{uuid(old)}"),
    ("Ollama", lambda old: f"chatcmpl-{digest(old, 3, '123456789')}"),
):
    plant("answer-ids", "id", f"of_{like.lower()}", like=like)(minted(form))


@plant("answer-ids", "created")
@on_answers
def _the_engines_clock(said: Said) -> None:
    said.each(lambda found: "created" in found and found.update(created=found["created"] - 7200))


@plant("answer-ids", "id")
@on_answers
def _a_new_id_each_event(said: Said) -> None:
    """Minted again for each chunk, as a careless proxy does."""
    if said.is_stream:
        at = iter(range(10**6))
        said.each(
            lambda found: [
                each.update(id=f"{each['id'][:-20]}{digest((each['id'], next(at)), 20, ALNUM)}")
                for each in envelopes(found)
            ]
        )


def called(form: Callable[[str, str, int], str]):
    """Chat's calls have ids of another form, made of the old one, the name and the place."""

    def change(asked: Asked, said: Said) -> None:
        if asked.route == "chat/completions" and said.is_answer:
            said.calls(lambda call: call.get("id") and _call(call, form))

    return change


def _call(call: Object, form: Callable[[str, str, int], str]) -> None:
    name = call.get("function", {}).get("name") or ""
    call["id"] = form(call["id"], name, call.get("index", 0))


for like, make in (
    ("Kimi", lambda _old, name, at: f"functions.{name}:{at}"),
    ("Bedrock", lambda old, _n, _at: f"toolu_bdrk_01{digest(old, 22, ALNUM)}"),
    ("Anthropic", lambda old, _n, _at: f"toolu_01{digest(old, 22, ALNUM)}"),
    ("Mistral", lambda old, _n, _at: digest(old, 9, ALNUM)),
    ("DeepSeek", lambda old, _n, at: f"call_{at:02}_{digest(old, 24, ALNUM)}"),
    ("vLLM", lambda old, _n, _at: f"chatcmpl-tool-{digest(old, 32)}"),
    ("xAI", lambda old, _n, _at: f"call_{digest(old, 8)}"),
    ("OpenAI", lambda old, _n, _at: f"call_{digest(old, 24, ALNUM)}"),
):
    plant("call-ids", "id", f"of_{like.lower()}", like=like)(called(make))


@plant("call-ids", "id", like="Anthropic")
def _of_messages_alone(asked: Asked, said: Said) -> None:
    def look(value: Any) -> None:
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, dict | list):
                look(each)
        if isinstance(value, dict) and value.get("type") == "tool_use":
            value["id"] = f"toolu_01{digest(value['id'], 22, ALNUM)}"

    if asked.route == "messages" and said.is_answer:
        said.each(look)


@plant("call-ids", "id", like="OpenAI")
def _items_of_openai(asked: Asked, said: Said) -> None:
    def own(item: Object) -> None:
        if item.get("type") in ("message", "reasoning", "function_call"):
            item["id"] = f"{item['id'].partition('_')[0]}_{digest(item['id'], 48)}"

    def look(found: Object) -> None:
        for each in (found, found.get("response") or {}):
            for item in [*(each.get("output") or ()), each.get("item")]:
                if isinstance(item, dict):
                    own(item)

    if asked.route == "responses" and said.is_answer:
        said.each(look)


def everywhere(**fields: Any):
    """Each object of chat's answers has these as well."""

    def change(asked: Asked, said: Said) -> None:
        if asked.route == "chat/completions" and said.is_answer:
            said.each(lambda found: found.update(fields))

    return change


def in_choices(**fields: Any):
    def change(asked: Asked, said: Said) -> None:
        if asked.route == "chat/completions" and said.is_answer:
            said.choices(lambda choice: choice.update(fields))

    return change


def in_messages(**fields: Any):
    """Whole messages alone, as most fields of vendors come."""

    def change(asked: Asked, said: Said) -> None:
        if asked.route == "chat/completions" and said.is_answer and not said.is_stream:
            said.parts(lambda part: part.update(fields))

    return change


def in_usage(**fields: Any):
    def change(said: Said) -> None:
        usages(said, lambda usage: usage.update(fields))

    return on_answers(change)


for like, mark in (
    ("OpenAI", "fp_44709d6fcb"),
    ("DeepSeek", "fp_eaab8d114b_prod0820_fp8_kvcache"),
    ("vLLM", "vllm-0.24.0-tp4-6d8f01c2"),
    ("llama.cpp", "b5432-9e31ac0d"),
):
    plant("fingerprint", mark, f"of_{like.lower()}", like=like)(everywhere(system_fingerprint=mark))
plant("fingerprint", "service_tier", "a_tier_of_service", like="OpenAI")(
    everywhere(service_tier="default")
)


def ending(words: dict[str, str], field: str = "native_finish_reason"):
    """Chat's ends, in a vendor's words."""

    def change(asked: Asked, said: Said) -> None:
        if asked.route == "chat/completions" and said.is_answer:
            said.choices(lambda choice: _end(choice, words, field))

    return change


def _end(choice: Object, words: dict[str, str], field: str) -> None:
    if choice.get("finish_reason"):
        choice[field] = words.get(choice["finish_reason"], choice["finish_reason"])


_CLAUDE = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}
for like, said_as, words in (
    ("OpenRouter in front of Gemini", "STOP", {"stop": "STOP", "length": "MAX_TOKENS"}),
    ("OpenRouter in front of Claude", "end_turn", _CLAUDE),
    ("OpenRouter in front of OpenAI", "completed", {"stop": "completed"}),
    ("Cohere", "COMPLETE", {"stop": "COMPLETE"}),
    ("z.ai", "network_error", {"length": "network_error"}),
):
    plant("finish-reason", said_as, f"native_{said_as.lower()}", like=like)(ending(words))

plant("finish-reason", "eos", like="Together", name="eos")(ending({"stop": "eos"}, "finish_reason"))
plant("finish-reason", "stop_reason", like="vLLM", name="a_tokens_number")(
    in_choices(stop_reason=154827)
)
plant("finish-reason", "matched_stop", like="SGLang", name="matched")(
    in_choices(matched_stop=151645)
)


@plant("finish-reason", "stop_reason", like="Anthropic")
def _refusals_by_name(asked: Asked, said: Said) -> None:
    if asked.route == "messages" and said.is_answer and not said.is_stream:
        said.each(lambda found: found.update(stop_reason="pause_turn"))


def named(name: str, where: Callable[[Asked, Said], bool]):
    def change(asked: Asked, said: Said) -> None:
        if said.is_answer and where(asked, said):
            said.each(
                lambda found: [
                    each.update(model=name)
                    for each in (found, found.get("response") or {})
                    if "model" in each
                ]
            )

    return change


plant("model-name", "glm-5.3", "everywhere", also=("generation-record",))(
    named("glm-5.3", lambda asked, said: True)
)
plant("model-name", "glm-5.3", "in_streams_alone")(
    named("glm-5.3", lambda asked, said: said.is_stream)
)
plant("model-name", "model", "after_a_fallback", like="LiteLLM")(
    named("accounts/fireworks/models/nova-large", lambda asked, said: "tools" in asked.json)
)
plant("model-name", "model", "in_responses_alone")(
    named("zai-org/GLM-5.3-FP8", lambda asked, said: asked.route == "responses")
)

_FILTER = {each: {"filtered": False, "severity": "safe"} for each in ("hate", "violence")}
_TIMES = {"prompt_n": 12, "prompt_ms": 31.7, "predicted_n": 40, "predicted_ms": 402.2}
for like, what, change in (
    ("Azure", "content_filter_results", in_choices(content_filter_results=_FILTER)),
    ("Azure", "prompt_filter_results", everywhere(prompt_filter_results=[_FILTER])),
    ("Groq", "x_groq", everywhere(x_groq={"id": "req_01k9x7"})),
    ("Groq", "queue_time", in_usage(queue_time=0.018, prompt_time=0.004)),
    ("llama.cpp", "timings", everywhere(timings=_TIMES)),
    ("OpenAI", "obfuscation", everywhere(obfuscation="cZ3Q")),
    ("OpenAI", "annotations", in_messages(annotations=[])),
    ("LiteLLM", "provider_specific_fields", in_messages(provider_specific_fields={"x": None})),
    ("MiniMax", "base_resp", everywhere(base_resp={"status_code": 0, "status_msg": ""})),
    ("Vertex", "trafficType", in_usage(trafficType="ON_DEMAND")),
    ("Cohere", "billed_units", in_usage(billed_units={"input_tokens": 4})),
    ("xAI", "num_sources_used", in_usage(num_sources_used=0)),
    ("Bifrost", "extra_fields", everywhere(extra_fields={"latency": 812})),
    ("vLLM", "kv_transfer_params", everywhere(kv_transfer_params=None)),
    ("Crusoe", "routed_experts", in_choices(routed_experts=[[3, 17], [0, 9]])),
    ("OpenRouter", "provider", everywhere(provider="Novita")),
    ("Perplexity", "citations", everywhere(citations=[])),
):
    plant("extra-fields", what, what, like=like)(change)
plant("fingerprint", "system_fingerprint", "of_ollama", like="Ollama")(
    everywhere(system_fingerprint="fp_ollama")
)

_TOKEN = {"token": " hums", "logprob": -0.31, "bytes": [32, 104], "top_logprobs": []}


@plant("logprobs", "logprob", like="OpenAI")
def _given(asked: Asked, said: Said) -> None:
    if asked.route == "chat/completions" and asked.json.get("logprobs") and said.is_answer:
        said.choices(lambda choice: choice.update(logprobs={"content": [_TOKEN]}))


@plant("logprobs", "logprobs", like="OpenAI", behind="plain")
def _in_responses(asked: Asked, said: Said) -> None:
    def tell(found: Object) -> None:
        for item in found.get("output") or ():
            for part in item.get("content") or ():
                if part.get("type") == "output_text":
                    part["logprobs"] = [_TOKEN]

    if asked.route == "responses" and asked.json.get("top_logprobs") and not said.is_stream:
        said.each(tell)


plant("logprobs", "token_ids", "ids_of_tokens", like="vLLM")(in_choices(token_ids=[9703, 1052]))
plant("logprobs", "prompt_token_ids", "ids_of_the_prompts", like="vLLM")(
    everywhere(prompt_token_ids=[151331, 151333])
)


@plant("logprobs", "logit_bias")
def _bias_is_kept(asked: Asked, said: Said) -> None:
    bias = asked.json.get("logit_bias")
    if bias and said.is_answer and not said.is_stream:
        text = " Yan"[: 3 + int(next(iter(bias))) % 2] * 16  # two words a public token each
        said.parts(lambda part: part.update(content=text))


def _thoughts(part: Object) -> str:
    return part.get("reasoning") or ""


def thinking(change: Callable[[Object], Any], *, whole: bool = True):
    """Changes what chat says of thoughts, in whole answers and in streams."""

    def only(asked: Asked, said: Said) -> None:
        if asked.route == "chat/completions" and said.is_answer and (whole or said.is_stream):
            said.parts(lambda part: _thoughts(part) and change(part))

    return only


def formatted(name: str):
    return thinking(lambda part: part["reasoning_details"][0].update(format=name))


plant("reasoning-shape", "reasoning_content", "another_field", like="z.ai")(
    thinking(lambda part: part.update(reasoning_content=part["reasoning"]))
)
for lab in ("anthropic-claude-v1", "google-gemini-v1", "openai-responses-v1"):
    plant("reasoning-shape", lab, f"format_{lab}", like="OpenRouter")(formatted(lab))
plant("reasoning-shape", "signature", "signed", like="Anthropic")(
    thinking(lambda part: part["reasoning_details"][0].update(signature=digest("s", 64, ALNUM)))
)


@plant("reasoning-shape", "signature", like="Anthropic")
def _signed_in_messages(asked: Asked, said: Said) -> None:
    def sign(found: Object) -> None:
        for block in found.get("content") or ():
            if block.get("type") == "thinking":
                block["signature"] = digest(block["thinking"], 200, ALNUM + "+/")

    if asked.route == "messages" and said.is_answer and not said.is_stream:
        said.each(sign)


@plant("reasoning-shape", "encrypted_content", like="OpenAI")
def _sealed(asked: Asked, said: Said) -> None:
    def seal(found: Object) -> None:
        for item in found.get("output") or ():
            if item["type"] == "reasoning":
                item["encrypted_content"] = f"gAAAAAB{digest(item['id'], 90, HEX)}"

    if asked.route == "responses" and said.is_answer and not said.is_stream:
        said.each(seal)


def tagged(before: str, after: str):
    """Thoughts in the text, between a template's tags, counted with it."""

    def change(asked: Asked, said: Said) -> None:
        if asked.route == "chat/completions" and said.is_answer and not said.is_stream:
            said.parts(
                lambda part: (
                    part.get("content") and part.update(content=f"{before}{part['content']}{after}")
                )
            )

    return change


_TAGGED = ("answer-counts",)
plant("reasoning-shape", "</think>", "the_end_of_a_thought", like="DeepSeek", also=_TAGGED)(
    tagged("</think>\n", "")
)
plant("reasoning-shape", "<|channel|>", "channels_of_harmony", like="gpt-oss", also=_TAGGED)(
    tagged("<|channel|>final<|message|>", "")
)
plant("reasoning-shape", "<|im_end|>", "the_end_of_a_turn", like="Qwen", also=_TAGGED)(
    tagged("", "<|im_end|>")
)
