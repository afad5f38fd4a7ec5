"""Counts that follow a tokenizer are found, whoever's it is; public tokens are let be."""

import re

import pytest

from darkhorse.audit.attacks.answers import AnswerCounts
from darkhorse.audit.attacks.borders import PieceBorders
from darkhorse.audit.attacks.cache import CacheAndCost
from darkhorse.audit.attacks.counts import PromptCounts, TemplateOverhead, follows
from darkhorse.audit.attacks.dialects import Dialects
from darkhorse.audit.attacks.logprobs import Logprobs
from darkhorse.audit.known.tokenizers import (
    FRAME,
    NEUTRAL,
    PROBES,
    TEMPLATES,
    TOKENIZERS,
    family_of,
)

from .audit_kit import Manner, audited, told

ATTACKS = (
    PromptCounts(),
    TemplateOverhead(),
    AnswerCounts(),
    CacheAndCost(),
    Dialects(),
    PieceBorders(),
    Logprobs(),
)
CHANNELS = {channel for attack in ATTACKS for channel in attack.channels}
_ODD = re.compile(r"\w{1,4}|\s|[^\w\s]")


def words(text: str) -> int:
    """An invented tokenizer."""
    return len(_ODD.findall(text))


def tokens(text: str) -> list[str]:
    return _ODD.findall(text)


def counts_like(family: str):
    """A tokenizer that is known, on the probes; the invented one elsewhere."""
    row = dict(zip(PROBES, TOKENIZERS[family], strict=True))

    def count(text: str) -> int:
        probe = text.removeprefix(FRAME)
        return 3 + row[probe] if probe in row else words(text)

    return count


NATIVE = Manner(token=words, answer_token=words, frame=7, pieces=tokens)


@pytest.mark.parametrize("raw", [None, NATIVE, Manner(token=counts_like("Qwen 2 to 3"))])
def test_public_tokens_tell_nothing(raw):
    found = audited(Manner(), ATTACKS, raw)
    assert told(found) == set()
    assert told(found, "closed") == CHANNELS


@pytest.mark.parametrize("family", TOKENIZERS)
def test_a_known_tokenizer_is_named(family):
    found = audited(Manner(token=counts_like(family)), [PromptCounts()])
    assert told(found) == {"prompt-counts/tokenizer"}
    assert family in found["prompt-counts/tokenizer"].public
    assert found["prompt-counts/tokenizer"].deterministic
    assert found["prompt-counts/tokenizer"].exhibits


def test_twenty_eight_tokenizers_differ_on_the_probes():
    assert len(TOKENIZERS) == 28
    assert {family_of(row) for row in TOKENIZERS.values()} == set(TOKENIZERS)


def test_counts_of_the_endpoint_itself_are_found_though_nobody_knows_its_tokenizer():
    found = audited(Manner(token=words), [PromptCounts()], NATIVE)
    assert told(found) == {"prompt-counts/native"}


def test_so_are_they_behind_a_factor_and_a_constant():
    found = audited(Manner(token=lambda text: 2 * words(text) + 11), [PromptCounts()], NATIVE)
    assert told(found) == {"prompt-counts/native"}


def test_and_rounded():
    rounded = Manner(token=lambda text: round(words(text) / 3))
    assert told(audited(rounded, [PromptCounts()], NATIVE)) == {"prompt-counts/native"}


def test_an_unknown_tokenizer_is_a_leak_without_a_raw_side_too():
    found = audited(Manner(token=words), [PromptCounts()])
    assert told(found) == {"prompt-counts/unknown-tokenizer"}


def test_a_recount_with_the_crowds_tokenizer_tells_less():
    recount = Manner(token=counts_like(NEUTRAL))
    found = audited(recount, [PromptCounts()], Manner(token=counts_like("GLM-4.7 and 5")))
    assert told(found) == set()
    assert found["prompt-counts/recount"].verdict == "reduced"
    assert told(audited(recount, [PromptCounts()])) == {"prompt-counts/tokenizer"}


@pytest.mark.parametrize("count", [lambda _: 1, lambda _: None])
def test_no_counts_and_constant_ones_tell_nothing(count):
    silent = Manner(whole=lambda body: body["usage"].update(prompt_tokens=count(body)))
    found = audited(silent, [PromptCounts(), TemplateOverhead()], NATIVE)
    assert told(found, "closed") == {"prompt-counts", "template-overhead"}


def test_a_frame_of_the_endpoints_own_is_found_beside_public_counts():
    found = audited(Manner(frame=7), [TemplateOverhead()], Manner(frame=7))
    assert told(found) == {"template-overhead/native"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_known_template_is_named(name):
    around, system, turn = TEMPLATES[name]
    sizes = {1: 1 + around, 2: 1 + around + system, 3: 1 + around + turn}
    templated = Manner(shape=lambda texts: sizes[len(texts)])
    found = audited(templated, [TemplateOverhead()])
    assert told(found) == {"template-overhead/template"}
    assert name in found["template-overhead/template"].public


def test_a_tool_template_of_the_endpoints_own_is_found():
    fat = Manner(tool=lambda tool: 90 + len(tool["function"]["name"]))
    found = audited(fat, [TemplateOverhead()])
    assert told(found) == {"template-overhead/template"}
    assert told(audited(fat, [TemplateOverhead()], fat)) == {"template-overhead/native"}


def test_counts_of_answers_by_a_tokenizer_are_found():
    found = audited(Manner(answer_token=words), [AnswerCounts()])
    assert told(found) == {"answer-counts/tokenizer"}
    assert told(audited(NATIVE, [AnswerCounts()], NATIVE)) >= {"answer-counts/native"}


def test_a_frame_around_the_answer_is_found():
    framed = Manner(answer_token=lambda text: -(-len(text.encode()) // 4) + 9)
    assert told(audited(framed, [AnswerCounts()])) == {"answer-counts/offset"}


def test_a_model_that_cannot_echo_is_measured_by_what_it_said():
    stubborn = Manner(say=lambda _: "I would rather not repeat that.")
    assert told(audited(stubborn, [AnswerCounts()])) == set()
    counting = Manner(say=lambda _: "I would rather not, 你好.", answer_token=words)
    assert told(audited(counting, [AnswerCounts()])) == {"answer-counts/tokenizer"}


def test_a_cut_between_tokens_is_found_though_no_count_is_told():
    by_token = Manner(
        cut=lambda text, limit: "".join(tokens(text)[:limit]),
        whole=lambda body: body.pop("usage"),
        chunk=lambda body: body.pop("usage", None),
    )
    found = audited(by_token, [AnswerCounts()])
    assert told(found) == {"answer-counts/cut"}
    assert "max_tokens" in found["answer-counts/cut"].exhibits[0].asked


def test_cached_tokens_and_their_steps_are_found():
    cached = Manner(cached=lambda prompt: prompt // 128 * 128)
    found = audited(cached, [CacheAndCost()])
    assert told(found) == {"cache-and-cost/cached"}
    assert "128" in found["cache-and-cost/cached"].public


def test_a_dialect_that_tells_what_the_first_hides_is_found():
    for other, names in (
        (Manner(token=words, only="completions"), {"dialects/prompt-counts"}),
        (Manner(answer_token=words, only="completions"), {"dialects/answer-counts"}),
        (Manner(cached=lambda _: 64, only="completions"), {"dialects/cached"}),
        (Manner(cut=lambda text, n: text[: 9 * n], only="completions"), {"dialects/cut"}),
    ):
        assert told(audited(other, [Dialects()])) == names


def test_what_all_dialects_tell_is_no_news():
    assert told(audited(Manner(token=words), [Dialects()])) == set()


def test_one_token_a_piece_is_found():
    assert told(audited(Manner(pieces=tokens), [PieceBorders()])) == {"piece-borders/tokens"}


def test_the_endpoints_own_borders_are_found_though_pieces_were_joined():
    def joined(text):
        said = tokens(text)
        sizes = [3, 5, 4, 6, 3] * len(said)
        cuts, at = [], 0
        while at < len(said):
            size = sizes[len(cuts)]
            cuts.append("".join(said[at : at + size]))
            at += size
        return cuts

    found = audited(Manner(pieces=joined), [PieceBorders()], NATIVE)
    assert told(found) == {"piece-borders/native"}


def test_a_token_that_can_be_pushed_by_its_id_is_found():
    pushed = Manner(pushed=lambda bias: " azul" * 12 if bias else "")
    assert told(audited(pushed, [Logprobs()])) == {"logprobs/bias"}


def test_follows_needs_more_than_a_few_counts():
    assert not follows({"a": 1, "b": 2}, {"a": 1, "b": 2})
    assert not follows(dict.fromkeys("abcd", 3), {"a": 1, "b": 2, "c": 3, "d": 4})


def streamed_usage(**fields):
    return Manner(chunk=lambda body: "usage" in body and body["usage"].update(fields))


def test_a_stream_that_tells_what_a_whole_answer_hides_is_found():
    count = iter(range(7, 1000, 3))
    turned = Manner(chunk=lambda b: "usage" in b and b["usage"].update(prompt_tokens=next(count)))
    assert told(audited(turned, [PromptCounts()])) == {"prompt-counts/unknown-tokenizer"}
    assert "answer-counts/tokenizer" in told(
        audited(streamed_usage(completion_tokens=3), [AnswerCounts()])
    )
    cached = streamed_usage(prompt_tokens_details={"cached_tokens": 1024})
    assert told(audited(cached, [CacheAndCost()])) == {"cache-and-cost/cached"}


def test_a_total_that_is_no_sum_is_found():
    assert told(audited(streamed_usage(total_tokens=99), [AnswerCounts()])) == {
        "answer-counts/total"
    }
