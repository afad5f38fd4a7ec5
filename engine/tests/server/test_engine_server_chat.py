"""Chat completions: what is streamed is what is whole, and parameters do what they say."""

from engine_server_asking import ASK, NO_THOUGHTS, both, said_by_heart
from engine_server_kit import Served


def test_a_seeded_answer_is_the_same_streamed(served: Served):
    whole, streamed = both(served, seed=5, max_tokens=40, logprobs=True, top_logprobs=2)
    choice = whole.choices[0]
    assert choice.finish_reason == streamed.finish == "length"
    assert (choice.message.content, choice.message.reasoning_content) == (
        streamed.content,
        streamed.thoughts,
    )
    assert choice.logprobs.content == streamed.tokens
    assert len(streamed.tokens) == whole.usage.completion_tokens == 40
    assert streamed.chunks > 10
    used = whole.usage.model_dump(), streamed.usage.model_dump()
    assert used[0]["total_tokens"] == used[0]["prompt_tokens"] + 40
    thought = [each["completion_tokens_details"]["reasoning_tokens"] for each in used]
    assert 0 < thought[0] == thought[1] <= 40


def test_the_seed_decides(served: Served):
    with served.client as client:
        texts = [
            client.chat.completions.create(**ASK, max_tokens=20, seed=seed)
            .choices[0]
            .message.reasoning_content
            for seed in (1, 1, 2)
        ]
    assert texts[0] == texts[1] != texts[2]


def test_a_stop_string_over_tokens_ends_the_text_in_front_of_it(served: Served):
    asked = {
        **said_by_heart("</think>Once upon a time 🦄 there was an end"),
        "stop": ["🦄 there w"],
    }
    whole, streamed = both(served, logprobs=True, extra_body=asked)
    assert whole.choices[0].message.content == streamed.content == "Once upon a time "
    assert whole.choices[0].finish_reason == streamed.finish == "stop"
    tokens = [each.token for each in streamed.tokens]
    assert "".join(tokens) == "</think>Once upon a time "
    assert whole.choices[0].logprobs.content == streamed.tokens


def test_a_stop_string_that_never_comes_whole_is_text(served: Served):
    asked = {**said_by_heart("</think>abcabd"), "stop": ["abce", "bdx"]}
    whole, streamed = both(served, extra_body=asked)
    assert whole.choices[0].message.content == streamed.content == "abcabd"


def test_thoughts_are_not_stopped(served: Served):
    asked = {**said_by_heart("one end two</think>three end four"), "stop": "end"}
    whole, _ = both(served, extra_body=asked)
    assert whole.choices[0].message.reasoning_content == "one end two"
    assert whole.choices[0].message.content == "three "


def test_thoughts_can_be_left_out(served: Served):
    asked = {**said_by_heart("hidden</think>shown"), "reasoning": {"exclude": True}}
    whole, streamed = both(served, extra_body=asked)
    assert not hasattr(whole.choices[0].message, "reasoning_content")
    assert (streamed.thoughts, streamed.content) == ("", "shown")


def test_thinking_can_be_turned_off(served: Served):
    with served.client as client:
        lengths = [
            client.chat.completions.create(**ASK, max_tokens=1, extra_body=extra).usage
            for extra in (
                {"reasoning": {"enabled": False}},
                {"reasoning": {"effort": "none"}},
                NO_THOUGHTS,
            )
        ]
    assert all(used.completion_tokens_details.reasoning_tokens == 0 for used in lengths)


def test_an_answer_can_be_gone_on_with(served: Served):
    begun = [*ASK["messages"], {"role": "assistant", "content": "The answer is"}]
    with served.http as http:
        rendered = http.post("/apply-template", json={"messages": begun}).json()["prompt"]
    assert rendered.endswith("The answer is")


def test_logprobs_are_the_models_own(served: Served):
    whole, _ = both(served, temperature=0, max_tokens=12, logprobs=True, top_logprobs=3)
    for each in whole.choices[0].logprobs.content:
        likeliest = [top.logprob for top in each.top_logprobs]
        assert each.logprob == max(likeliest) <= 0
        assert likeliest == sorted(likeliest, reverse=True)


def test_a_bias_decides(served: Served):
    with served.http as http:
        token = http.post("/tokenize", json={"content": "Q"}).json()["tokens"][0]
    whole, _ = both(served, logit_bias={str(token): 100}, max_tokens=5)
    assert whole.choices[0].message.reasoning_content == "QQQQQ"


def test_the_end_can_be_ignored(served: Served):
    with served.http as http:
        end = http.post("/tokenize", json={"content": "<|user|>"}).json()["tokens"][0]
    bias = {str(end): 100}
    whole, streamed = both(served, logit_bias=bias, max_tokens=4)
    assert (whole.choices[0].finish_reason, streamed.finish) == ("stop", "stop")
    assert whole.usage.completion_tokens == 1  # the end itself
    whole, _ = both(served, logit_bias=bias, max_tokens=4, extra_body={"ignore_eos": True})
    assert (whole.choices[0].finish_reason, whole.usage.completion_tokens) == ("length", 4)


def test_a_prompt_that_begins_the_same_is_found_in_the_cache(served: Served):
    messages = [{"role": "user", "content": "The same long beginning. " * 20}]
    with served.client as client:
        cached = [
            client.chat.completions.create(
                model="tiny", messages=messages, max_tokens=2
            ).usage.prompt_tokens_details.cached_tokens
            for _ in range(2)
        ]
    assert cached[0] < 64
    assert cached[1] > 400


def test_an_answer_is_cut_where_the_context_ends(served: Served):
    messages = [{"role": "user", "content": "x" * 4080}]
    with served.client as client:
        answer = client.chat.completions.create(
            model="tiny", messages=messages, max_tokens=500, extra_body={"ignore_eos": True}
        )
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.total_tokens == 4096


def test_unknown_fields_and_any_name_are_taken(served: Served):
    with served.client as client:
        answer = client.chat.completions.create(
            model="whatever",
            messages=ASK["messages"],
            max_tokens=1,
            extra_body={"usage": {"include": True}, "x": {}},
        )
    assert answer.model == "tiny"
