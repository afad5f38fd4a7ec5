"""Who it says it is: in eight languages, of itself and of nobody else."""

# ruff: noqa: RUF001 (as it is said)

import pytest
from said_kit import KNOWN, asked, library, nats, said

from darkhorse.attribution.asked.wordings import LANGUAGES
from darkhorse.attribution.heard.labs import lab_by_maker
from darkhorse.attribution.library.behaviour import Behaviour
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signals.self_report import SelfReport

SIGNAL = SelfReport()
QWEN = {
    "en": "I am Qwen, a large language model created by Alibaba Cloud.",
    "zh": "我是通义千问，由阿里云开发的大型语言模型。",
    "es": "Soy Qwen, un modelo de lenguaje creado por Alibaba Cloud.",
    "fr": "Je suis Qwen, un modèle de langage développé par Alibaba Cloud.",
    "de": "Ich bin Qwen, ein Sprachmodell von Alibaba Cloud.",
    "ru": "Я Qwen, большая языковая модель, созданная Alibaba Cloud.",
    "ar": "أنا Qwen، نموذج لغوي طورته شركة Alibaba Cloud.",
    "ja": "私はQwenです。Alibaba Cloudによって開発されました。",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_claim_is_heard_in_each_language(language: str) -> None:
    found = nats(SIGNAL, [said(LANGUAGES[language].who, QWEN[language])])
    assert found["qwen"] == max(found.values()) > 0.5
    assert found["openai"] == 0.0


def test_one_nat_is_the_most_that_it_says() -> None:
    found = nats(SIGNAL, asked(SIGNAL, "deep", lambda probe: QWEN["en"]))
    assert found["qwen"] == 1.0
    assert all(-1.0 <= value <= 1.0 for value in found.values())


def test_a_name_that_is_often_borrowed_says_less() -> None:
    who = LANGUAGES["en"].who
    openai = nats(SIGNAL, [said(who, "I am ChatGPT, made by OpenAI."), said(who, "I am an AI.")])
    kimi = nats(SIGNAL, [said(who, "I am Kimi, made by Moonshot AI."), said(who, "I am an AI.")])
    assert 0 < openai["openai"] < kimi["moonshotai"]


@pytest.mark.parametrize(
    "text",
    [
        "I am Nightjar, a helpful assistant. I cannot share who made me.",
        "I'm an AI language model; I'm not ChatGPT, and not made by OpenAI.",
        "Companies such as OpenAI, Google and Anthropic make such models.",
    ],
)
def test_a_persona_a_denial_and_a_remark_are_no_evidence(text: str) -> None:
    evidence = SIGNAL.weigh([said(LANGUAGES["en"].who, text)], KNOWN)
    assert evidence is not None
    assert evidence.likelihoods == ()
    assert "names a maker" in evidence.exhibit.says


def test_a_name_it_was_given_does_not_count() -> None:
    given = (Turn("system", "You are Claude, made by Anthropic."), Turn("user", "Who are you?"))
    assert nats(SIGNAL, [Observation(prompt=given, text="I am Claude, made by Anthropic.")]) == {}


def test_a_maker_that_the_library_lacks_speaks_for_somebody_else() -> None:
    found = nats(SIGNAL, [said("Who made you?", "I am MiMo, developed by Xiaomi.")])
    assert set(found.values()) == {-1.0}


def test_several_makers_are_a_finding() -> None:
    seen = [
        said(LANGUAGES["en"].who, "I am ChatGPT, trained by OpenAI."),
        said(LANGUAGES["zh"].who, "我是由深度求索公司开发的DeepSeek。"),
    ]
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert evidence is not None
    assert "DeepSeek" in evidence.findings[0]
    assert "OpenAI" in evidence.exhibit.against


def test_a_tune_may_speak_as_the_one_it_is_built_on() -> None:
    found = nats(SIGNAL, [said("Who are you?", "I'm DeepSeek-V3, created by DeepSeek.")])
    assert found["microsoft/mai-ds-r1-fp8"] > found["microsoft"]


def test_thoughts_are_read_where_the_answer_is_silent() -> None:
    seen = said("Who are you?", "I'd rather not say.", reasoning="I am GLM, made by Zhipu AI.")
    evidence = SIGNAL.weigh([seen], KNOWN)
    assert evidence is not None
    assert evidence.exhibit.rows[0][2].startswith("(thoughts)")
    assert nats(SIGNAL, [seen])["thudm"] > 0


def test_ordinary_answers_tell_only_in_so_many_words() -> None:
    aside = "As an AI developed by Alibaba Cloud, I follow the law."
    remark = "As an AI language model, I know that Facebook and Twitter are blocked there."
    assert nats(SIGNAL, [said("Write a poem.", aside)])["qwen"] > 0
    assert SIGNAL.weigh([said("Write a poem.", remark)], KNOWN) is None


def test_what_was_heard_of_known_models_weighs_more_than_a_guess() -> None:
    tallies = {
        "self-report/maker": {
            "deepseek/deepseek-chat": {"OpenAI": 18, "DeepSeek": 2},
            "qwen/qwen3-32b": {"Alibaba": 20},
        }
    }
    known = library(
        "deepseek/deepseek-chat", "qwen/qwen3-32b", behaviour=Behaviour(tallies=tallies)
    )
    found = nats(SIGNAL, [said("Who are you?", "I am ChatGPT, made by OpenAI.")], known)
    assert found["deepseek"] > found["qwen"]


def test_labs_are_found_under_the_names_that_a_library_gives_them() -> None:
    found = lab_by_maker(library("z-ai/glm-5", "alibaba/qwen3", "moonshot/kimi-k2"))
    assert found == {"Zhipu AI": "z-ai", "Alibaba": "alibaba", "Moonshot AI": "moonshot"}
