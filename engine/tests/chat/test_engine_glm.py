"""GLM-5's template: what it writes, and which prompts begin with the prompt before."""

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chat.answers import CALLED, NOW, RESULTS, TOOLS, USER, merged
from darkhorse_engine.chat.chat import Chat, GlmTemplate
from darkhorse_engine.chat.errors import ChatError
from darkhorse_engine.chat.events import CallArguments, CallFinished, CallStarted, Content
from darkhorse_engine.chat.parser import Parser


def test_glm_writes_what_it_was_taught(glm):
    prompt = glm.prompt([{"role": "developer", "content": "Be brief."}, USER])
    assert prompt.text == "[gMASK]<sop><|system|>Be brief.<|user|>Hi<|assistant|><think>"
    assert prompt.is_thinking
    assert prompt.ids[:2] == (257, 258)
    prompt = glm.prompt([USER], options={"enable_thinking": False})
    assert prompt.text == "[gMASK]<sop><|user|>Hi<|assistant|></think>"
    assert not prompt.is_thinking


def test_glm_tells_tools_calls_and_results(glm):
    text = glm.prompt([USER, CALLED, *RESULTS], [NOW]).text
    tools, _, rest = text.rpartition("</tools>")
    assert tools == (
        "[gMASK]<sop><|system|>\n# Tools\n\nYou may call one or more functions to assist with the "
        "user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:"
        f"\n<tools>\n{json.dumps(NOW)}\n"
    )
    assert rest == (
        "\n\nFor each function call, output the function name and arguments within the following "
        "XML format:\n<tool_call>{function-name}<arg_key>{arg-key-1}</arg_key><arg_value>"
        "{arg-value-1}</arg_value><arg_key>{arg-key-2}</arg_key><arg_value>{arg-value-2}"
        "</arg_value>...</tool_call>"
        "<|user|>Hi<|assistant|><think>Hm.</think><tool_call>get_weather<arg_key>city</arg_key>"
        "<arg_value>Z</arg_value><arg_key>days</arg_key><arg_value>3</arg_value><arg_key>near"
        '</arg_key><arg_value>["a", 1.5]</arg_value></tool_call>'
        "<|observation|><tool_response>rain</tool_response><tool_response>sun</tool_response>"
        "<|assistant|><think>"
    )


def test_glm_forgets_old_thoughts_unless_told_otherwise(glm):
    said = [USER, {"role": "assistant", "content": " Yes. ", "reasoning": "Hm."}, USER]
    assert "<|assistant|></think>Yes.<|user|>" in glm.prompt(said).text
    kept = glm.prompt(said, options={"clear_thinking": False}).text
    assert "<|assistant|><think>Hm.</think> Yes. <|user|>" in kept


def test_glm_5_2_tells_its_effort(glm):
    late = Chat(glm.tokenizer, GlmTemplate(tells_effort=True), "glm")
    said = [USER, {"role": "assistant", "content": "Yes."}, USER]
    text = late.prompt(said).text
    assert text.startswith("[gMASK]<sop><|system|>Reasoning Effort: Max<|user|>")
    assert "<|assistant|><think></think>Yes." in text
    assert "Effort: High" in late.prompt(said, options={"reasoning_effort": "high"}).text
    assert late.prompt(said, options={"enable_thinking": False}).text.endswith("<think></think>")
    with pytest.raises(ChatError, match="reasoning_effort"):
        late.prompt(said, options={"reasoning_effort": "huge"})


def written(message):
    """What the model had to write to say it."""
    calls = "".join(
        f"<tool_call>{call['function']['name']}"
        + "".join(
            f"<arg_key>{key}</arg_key><arg_value>{value}</arg_value>"
            for key, value in call["texts"].items()
        )
        + "</tool_call>"
        for call in message["tool_calls"]
    )
    return message["reasoning"] + "</think>" + message["content"] + calls


def said(events):
    """The message a client makes of an answer's events."""
    message = {"role": "assistant", "content": "", "reasoning_content": "", "tool_calls": []}
    for event in merged(events):
        if isinstance(event, CallStarted):
            message["tool_calls"].append({"function": {"name": event.name, "arguments": ""}})
        elif isinstance(event, CallArguments):
            message["tool_calls"][-1]["function"]["arguments"] = event.text
        elif isinstance(event, CallFinished):
            assert event.is_whole
        else:
            key = "content" if isinstance(event, Content) else "reasoning_content"
            message[key] += event.text
    return message


WORDS = st.text("ab \n{\"'é🎉<", max_size=12)
VALUES = {
    "city": WORDS,
    "days": st.sampled_from(["3", "-1", "1e3"]),
    "near": st.sampled_from(["[]", '["a",  "b"]', '[ "é" ]']),
    "place": st.sampled_from(['{"x":1}', '{ "x" : [ 1.50, {"y": null} ] }']),
}
ANSWERS = st.fixed_dictionaries(
    {
        "reasoning": WORDS,
        "content": WORDS,
        "tool_calls": st.lists(
            st.fixed_dictionaries(
                {
                    "function": st.just({"name": "get_weather"}),
                    "texts": st.fixed_dictionaries({}, optional=VALUES),
                }
            ),
            max_size=2,
        ),
    }
)


@settings(max_examples=60)
@given(answers=st.lists(ANSWERS, min_size=1, max_size=3))
def test_kept_thinking_keeps_every_prompt_a_prefix_of_the_next(glm, answers):
    """Turn n's prompt and answer begin turn n + 1's, whatever the answer: its cache is used."""
    messages, options = [USER], {"clear_thinking": False}
    for answer in answers:
        prompt = glm.prompt(messages, TOOLS, options)
        text = written(answer)
        parser = Parser("glm", TOOLS, is_thinking=prompt.is_thinking)
        messages.append(said([*parser.feed(text), *parser.close()]))
        messages += RESULTS[:1] if messages[-1]["tool_calls"] else [USER]
        following = glm.prompt(messages, TOOLS, options)
        assert following.text.startswith(prompt.text + text)
        assert following.ids[: len(prompt.ids)] == prompt.ids


@given(answer=ANSWERS)
def test_cleared_thinking_diverges_at_the_first_answer(glm, answer):
    assume(answer["reasoning"].strip())
    prompt = glm.prompt([USER], TOOLS)
    message = {"role": "assistant", "content": answer["content"], "reasoning": answer["reasoning"]}
    following = glm.prompt([USER, message, USER], TOOLS)
    assert not following.text.startswith(prompt.text)
    assert following.text.startswith(prompt.text.removesuffix("<think>"))
