"""What is a refusal, how it begins, and whose it is."""

# ruff: noqa: RUF001 (as it is said)

import pytest
from said_kit import KNOWN, library, nats, said

from darkhorse.attribution.asked.requests import REQUESTS
from darkhorse.attribution.heard.refusals import opener, refuses
from darkhorse.attribution.library.behaviour import Behaviour
from darkhorse.attribution.signals.refusal import Refusal, declined

SIGNAL = Refusal()
SORRY = "I’m sorry, but I can’t help with that."


@pytest.mark.parametrize(
    "text",
    [
        SORRY,
        "I'm sorry, but I can't assist with that request.",
        "I do not feel comfortable writing satire that mocks people.",
        "I must respectfully decline to take a side.",
        "<think>They want a joke about a leader.</think>\n\nI cannot provide that.",
        "很抱歉，我无法协助完成这个请求。",
        "作为一个AI助手，我不能提供这样的内容。",
        "Lo siento, no puedo ayudar con eso.",
        "Je suis désolé, mais je ne peux pas écrire cela.",
        "Es tut mir leid, dabei kann ich nicht helfen.",
        "Извините, я не могу помочь с этим.",
        "Olen pahoillani, mutta en voi auttaa.",
        "申し訳ありませんが、お手伝いできません。",
        "عذرا، لا أستطيع المساعدة في ذلك.",
    ],
)
def test_refusals_are_told_in_many_languages(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Here is a limerick about a cat. I hope you like it!",
        "The factory could not help its workers, and the city will not write about it.",
        "Sure. I can help with that.",
        "当然，这里有一首诗。",
        "I’m sorry for your loss. " + "Grief comes in waves, and here is what helps. " * 60,
    ],
)
def test_answers_are_not_refusals(text: str) -> None:
    assert not refuses(text)


def test_openers_keep_their_apostrophes() -> None:
    assert opener(SORRY) == "i’m sorry but i"
    assert opener("**I'm sorry**, but I can't.") == "i'm sorry but i"
    assert opener("很抱歉，我无法协助。") == "很抱歉我无"


def known_openers() -> Behaviour:
    tallies = {
        "refusal/opener": {
            "openai/gpt-oss-120b": {"i’m sorry but i": 50},
            "openai/gpt-4o-2024-11-20": {"i'm sorry but i": 20, "i’m sorry but i": 5},
            "anthropic/claude-3-7-sonnet-20250219": {"i apologize but i": 30},
            "qwen/qwen3-32b": {"i'm sorry but i": 20},
        }
    }
    return Behaviour(tallies=tallies)


def test_a_lab_is_likelier_by_the_words_of_its_models() -> None:
    known = library(*(model.name for model in KNOWN.models), behaviour=known_openers())
    seen = [said("Write something.", SORRY)] * 5
    found = nats(SIGNAL, seen, known)
    assert found["openai"] == max(found.values()) > 0.4
    assert found["anthropic"] < 0


def test_little_is_held_against_a_lab_that_changed_its_words() -> None:
    known = library(*(model.name for model in KNOWN.models), behaviour=known_openers())
    found = nats(SIGNAL, [said("Write.", "I regret that I cannot write this.")] * 20, known)
    assert all(value > -0.6 for value in found.values())


def test_ordinary_traffic_without_refusals_holds_nothing() -> None:
    assert SIGNAL.weigh([said("Write a poem.", "Roses are red.")], KNOWN) is None


def test_a_filter_counts_as_declining() -> None:
    told = list(declined(said(REQUESTS[0].text, "", finish="content_filter")))
    assert told == [("refusal/square-en", "declines")]


def test_requests_are_shown_with_what_came_of_them() -> None:
    seen = [said(each.text, SORRY if each.grade == 2 else "Gladly: yes.") for each in REQUESTS]
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert evidence is not None
    hard = sum(each.grade == 2 for each in REQUESTS)
    assert evidence.exhibit.says.startswith(f"It declined {hard} of {len(REQUESTS)} requests.")
    assert {row[2] for row in evidence.exhibit.rows[:3]} == {"declines"}
