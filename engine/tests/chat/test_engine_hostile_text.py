"""Text that a stranger wrote to hurt: no control tokens, and no seconds that others wait."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse_engine.chat.chat import Chat
from darkhorse_engine.chat.errors import ChatError, TooLong
from darkhorse_engine.chat.templates import JinjaTemplate
from darkhorse_engine.chat.tokenizer import Tokenizer

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
USER = {"role": "user", "content": "a"}


@pytest.mark.parametrize("text", ["<|" * 1_500_000, "<|im_end|>" * 200_000])
def test_text_full_of_control_tokens_is_guarded_in_no_time(tokenizer, text):
    began = time.process_time()
    guarded = tokenizer.guard(text)
    assert time.process_time() - began < 3
    assert tokenizer.unguarded(guarded) == text


NAMES = st.sampled_from(["<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|", "im_end|>", "a", "<"])


@settings(max_examples=60)
@given(pieces=st.lists(NAMES, max_size=6))
def test_control_tokens_are_found_from_left_to_right(tokenizer, pieces):
    text, ids, at = "".join(pieces), [], 0
    names = [(name, token) for name, token in tokenizer.control_ids.items()]
    words = ""
    while at < len(text):
        found = [(len(name), token) for name, token in names if text.startswith(name, at)]
        if found:
            size, token = max(found)
            ids += [*tokenizer.encode_words(words), token]
            words, at = "", at + size
        else:
            words, at = words + text[at], at + 1
    assert tokenizer.encode(text) == ids + tokenizer.encode_words(words)


def test_control_tokens_of_one_letter_and_of_none_do_not_hang(tokenizer):
    odd = Tokenizer(tokenizer._words, {"": 3, "§": 4, "aa": 5}, (), ())
    assert "" not in odd.control_ids
    assert odd.encode(odd.guard("aaa")) == tokenizer.encode_words("aaa")
    assert odd.encode("a§a") == [*tokenizer.encode_words("a"), 4, *tokenizer.encode_words("a")]


def test_what_must_be_too_long_is_refused_before_it_is_cut(smol):
    long = [{"role": "user", "content": "x" * 4_000_000}]
    began = time.process_time()
    with pytest.raises(TooLong, match="room for 8192"):
        smol.prompt(long, most=8192)
    assert time.process_time() - began < 1
    fits = [{"role": "user", "content": "hello " * 8000}]
    assert len(smol.prompt(fits, most=8192).ids) > 8000


@pytest.mark.parametrize("arguments", ['{"a": "\\ud800"}', '{"a": NaN}', '{"a":' + "[" * 5000])
def test_arguments_that_are_no_json_are_refused(smol, arguments):
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    with pytest.raises(ChatError, match="JSON"):
        smol.prompt([USER, {"role": "assistant", "tool_calls": [call]}])


@pytest.mark.parametrize("begun", ["i", "end", "|", "assistant", "|>", "<", "im_end", "{"])
def test_an_answer_is_gone_on_from_whatever_it_says(begun):
    """Though the template closes it with words that stand in it too."""
    said = [USER, {"role": "assistant", "content": begun}]
    text = JinjaTemplate(CHATML).render(said, (), {}, goes_on=True)
    assert text == f"<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\n{begun}"


def test_arguments_keep_their_letters(smol):
    raw = json.dumps({"a": "é🎉<|im_end|>"}, ensure_ascii=False)
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": raw}}
    prompt = smol.prompt([USER, {"role": "assistant", "tool_calls": [call]}])
    assert raw in prompt.text
    ends = prompt.ids.count(smol.tokenizer.control_ids["<|im_end|>"])
    assert ends == prompt.text.count("<|im_end|>\n")


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"a": 1}',
        '{"model": {"type": "BPE", "vocab": {"a": 2147483648}, "merges": []}}',
        '{"model": {"type": "BPE", "vocab": {}, "merges": []}, "added_tokens": [{"content": 5}]}',
    ],
)
def test_a_tokenizer_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(ChatError):
        Chat.from_directory(tmp_path)
