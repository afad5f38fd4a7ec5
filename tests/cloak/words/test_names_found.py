"""Which names are found, however they are written, and which words are none."""

# ruff: noqa: RUF001 (as it is written)

import pytest

from cloak.words.words_kit import ALL_YES, LABS, filtered, found, shown
from darkhorse.catalog.makers import Maker
from darkhorse.cloak.words.watch import Watch
from darkhorse.wire.chunks import Withheld

SPELLINGS = {
    "as it is": ["OpenAI", "Zhipu AI", "GLM", "xAI", "Gemini Pro", "MiniMax"],
    "case": ["OPENAI", "openai", "oPeNaI", "glm", "Xai", "gEMINI"],
    "its own breaks": ["Open AI", "Open-AI", "open_ai", "Z.ai", "Z ai", "ZhipuAI", "Mini-Max"],
    "letter by letter": [
        "Z h i p u",
        "G-L-M",
        "G.L.M",
        "O p e n A I",
        "x A I",
        "C·l·a·u·d·e",
        "G, L, M",
        "G   L      M",
        "智 谱",
    ],
    "one odd break": ["Zhi pu", "Anth-ropic", "Cla ude", "Chat G P T", "GL M"],
    "hidden characters": [
        "Zhi\u200bpu",
        "G\u2060L\u2060M",
        "Cl\u00adaude",
        "G\u200b \u200bL\u200b M",
    ],
    "markdown": ["**Z**hipu", "G*L*M", "Open`AI`", "~~Cl~~aude", "z\\_ai"],
    "full width": ["ＧＬＭ", "Ｏｐｅｎ ＡＩ", "Ｃｌａｕｄｅ"],
    "mathematical": ["𝗭𝗵𝗶𝗽𝘂", "𝒢𝓛𝓜", "ⓒⓛⓐⓤⓓⓔ", "🅶🅻🅼", "🄾🄿🄴🄽🄰🄸"],
    "look-alikes": ["Сlaudе", "ОреnАI", "Αnthropic", "GᏞM", "ꓖꓡꓟ", "Gеmіnі", "ʟʟᴀᴍᴀ", "Anthropıc"],
    "marks": ["Clàude", "Zhípu", "GĹM", "Géminí", "Ope\u0301nAI"],
    "digits for letters": ["0penAI", "C1aude", "D33pSeek", "G3mini", "Anthr0pic", "L1ama"],
    "other scripts": ["智谱", "智谱AI", "Яндекс", "ЯНДЕКС", "メタ", "جوجل", "Мета", "جـوجـل"],
}


@pytest.mark.parametrize("way", SPELLINGS)
def test_a_name_is_found_however_it_is_written(way):
    for name in SPELLINGS[way]:
        bare = name.strip("`*~")
        assert found(f"So {name}, then.") == [bare]
        assert found(name) == [bare]


@pytest.mark.parametrize(
    "name",
    [
        "GLM-5.2-Air", "GLM5", "glm 5", "GLM-4.5V", "Claude Opus 4.6", "Claude 3.5 Sonnet",
        "gpt-4o-mini", "GPT-4o mini", "gpt 4 turbo", "Gemini 2.5 Pro Preview 05-06",
        "Llama-3.1-405B-Instruct", "Llama 3.3 70B", "DeepSeek-V3.2-Exp", "G-L-M-5",
        "GLM version 5.2", "GLM (5.2)", "ChatGPT v4", "MiniMax-M2", "Zhipu AI Inc", "Zhipu, Inc",
        "o1-mini-2024-09-12", "Llama3.1:8b", "Grok-4 Fast", "GLM (v 5)",
    ],
)  # fmt: skip
def test_the_version_goes_with_the_name(name):
    assert found(f"It is {name}, they say.") == [name]
    assert found(f"It is {name}") == [name]
    assert found(f"It is {name} and more") == [name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("OpenAI's", ["OpenAI"]),
        ("von OpenAIs Leuten", ["OpenAIs"]),
        ("Яндексом", ["Яндексом"]),
        ("بجوجل", ["جوجل"]),
        ("والجوجل", ["جوجل"]),
        ("我是GLM-5模型", ["GLM-5"]),
        ("我是智谱AI的人", ["智谱AI"]),
        ("私はGLMです", ["GLM"]),
        ("GLM-based", ["GLM"]),
        ("(OpenAI)", ["OpenAI"]),
        ("“Claude”", ["Claude"]),
        ("OpenAI/GPT-4", ["OpenAI", "GPT-4"]),
        ("https://z.ai/x", ["z.ai"]),
        ("Claude 3 of them. 5 of Gemini", ["Claude 3", "Gemini"]),
        ("GLM. 5 days", ["GLM"]),
        ("(GLM 5)", ["GLM 5"]),
        ("(GLM (5))", ["GLM (5)"]),
    ],
)
def test_what_stands_around_a_name_is_left(text, names):
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "metaphor Metals bigglm openaire claudette Geminiano coherent command",
        "I met a man at a metal gate.",
        "Be open. AI is here",
        "メタル アメタ",
        "a b c d e f",
        "an th ro pic",
        "My maxi mini.\n\nMax is",
        "ЯндексТакси Яндексоид",
        "g\n\nl\n\nm",
        "he said: go, og, le",
        "open, ai and mini, max",
        "m eta",
        "llamas and geminis",
    ],
)
def test_what_is_no_name_is_not_found(text):
    assert found(text) == []


def test_a_record_is_kept_of_what_was_replaced():
    text = "Hello. I am GLM-5, made by Zhipu AI. OpenAI is elsewhere."
    assert filtered([text]) == (
        "Hello. I am [model withheld], made by [maker withheld]. OpenAI is elsewhere.",
        [
            Withheld("text", 12, "GLM-5", "[model withheld]"),
            Withheld("text", 38, "Zhipu AI", "[maker withheld]"),
        ],
    )


def test_what_follows_decides_where_it_must():
    assert shown("OpenAI made me.") == "[maker withheld] made me."
    assert shown("OpenAI made it.") == "OpenAI made it."
    assert shown("OpenAI and, in a way, the world made me.").startswith("[maker withheld] and")


def test_a_letter_is_no_digit_of_a_version():
    labs = (*LABS, Maker("Any", (), ("GPT-4.1", "GPT-40")))
    finds = Watch(labs, ALL_YES)
    assert filtered(["GPT-4 is, GPT-4o, GPT-4.1"], watch=finds)[0] == (
        "[model withheld] is, [model withheld], [model withheld]"
    )


def test_a_name_of_both_is_replaced_if_it_tells_either():
    assert shown("DeepSeek made me, I am DeepSeek-V3.") == (
        "[maker withheld] made me, I am [model withheld]."
    )


def test_the_public_name_may_be_said_though_it_holds_a_watched_one():
    watch = Watch(
        [*LABS, Maker("Amazon", (), ("Nova", "Nova Pro"))], ALL_YES, allowed=["Nova Alpha"]
    )
    text = "I am Nova Alpha, not Nova or Nova Pro. nova-alpha, Nova Alphas, Nova Beta."
    for pieces in ([text], text):
        assert filtered(pieces, watch=watch)[0] == (
            "I am Nova Alpha, not [model withheld] or [model withheld]. nova-alpha, Nova Alphas, "
            "[model withheld]."
        )
