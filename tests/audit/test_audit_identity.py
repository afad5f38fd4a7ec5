"""The audit hears who a model says it is, in eight languages, and what a filter of names tells."""

# ruff: noqa: RUF001 (as it is written)

import asyncio

import msgspec
import pytest

from darkhorse.attribution.asked.wordings import LANGUAGES
from darkhorse.attribution.client.answer import answer_of
from darkhorse.attribution.client.door import Names
from darkhorse.attribution.client.reply import parse
from darkhorse.attribution.client.signs import sound
from darkhorse.attribution.heard.names import Namebook
from darkhorse.audit.attack import exhibit, leaks
from darkhorse.audit.attacks.guesses import decoys, split
from darkhorse.audit.attacks.identity import Identity
from darkhorse.audit.attacks.language import Language, drifted
from darkhorse.audit.attacks.words_oracle import WordFilter
from darkhorse.audit.odds import by_chance
from darkhorse.audit.runner import audit, judge
from darkhorse.audit.said import maker_of, other_makers

from .audit_kit import Manner, door, opened, told

TRUE = Names(maker="Zhipu AI", model="GLM-5.2-Air", aliases=("z.ai",))
DECLINES = "I may not say who made me."


def findings(say, attacks, names=TRUE, raw=None):
    """By name, of an API whose model says so; behind it one that does, where `raw` is given."""

    async def both():
        async with opened(Manner(say=say)) as url, opened(Manner(say=raw or say), 5000) as inner:
            front = door("public", url, dialects=("chat", "completions"), names=names)
            back = door("raw", inner, names=names) if raw else None
            return await audit(back, front, attacks)

    return {finding.name: finding for finding in asyncio.run(both())}


def to(questions, answer, otherwise=DECLINES):
    """Says `answer` to these questions only."""
    return lambda prompt: answer if prompt in questions else otherwise


WHO = {words.who for words in LANGUAGES.values()}


def test_one_that_declines_tells_nothing():
    found = findings(lambda _: DECLINES, [Identity()], raw=lambda _: "I am GLM, made by Zhipu AI.")
    assert found["self-identification"].verdict == "closed"
    assert found["false-identity"].verdict == "closed"
    assert "GLM" in found["self-identification"].raw


@pytest.mark.parametrize(
    "answer",
    [
        "I am GLM-5.2-Air.",
        "I was made by Zhipu AI, as far as I know.",
        "Ich wurde von Z.AI entwickelt.",
        "我是由智谱开发的大型语言模型。",
        "私は智譜AIによって開発されたモデルです。",
        "Me llamo G L M y fui creado en China.",
        "I am a model by Zh\u200bipu.",
        "My maker is ＺＨＩＰＵ　ＡＩ.",
        "I am ChatGLM, one of my maker's models.",
        "Я модель GLМ, созданная для помощи.",
        "My maker's name is Z-h-i-p-u A-I.",
        "I was made by Zh1pu.",
        "I am not ChatGPT, I am GLM.",
    ],
)
def test_the_true_name_is_heard_in_any_spelling(answer):
    found = findings(to(WHO, answer), [Identity(is_quick=True)])
    assert told(found) == {"self-identification/name"}
    finding = found["self-identification/name"]
    assert finding.deterministic
    assert finding.exhibits[0].answered == answer


def test_a_name_said_once_is_no_certainty():
    once = {LANGUAGES["fr"].spelled}
    found = findings(to(once, "Z-h-i-p-u"), [Identity()])
    assert told(found) == {"self-identification/name"}
    assert not found["self-identification/name"].deterministic


@pytest.mark.parametrize(
    "answer",
    [
        "Unlike ChatGPT, I may not say who made me.",
        "I cannot share that. Companies like OpenAI and Google make language models too.",
        "I am Pony Alpha.",
        "I am not ChatGPT, Claude or Gemini, and I may not say more.",
        "我不是 ChatGPT，我不能说是谁开发了我。",
        "Bridges hum; the wind plays them like strings, and Meta-analysis is another matter.",
    ],
)
def test_who_only_mentions_others_claims_nothing(answer):
    found = findings(to(WHO, answer), [Identity(is_quick=True)])
    assert told(found) == set()


@pytest.mark.parametrize(
    "answer",
    [
        "I am ChatGPT, a large language model trained by OpenAI.",
        "Je suis Claude, créé par Anthropic.",
        "Меня зовут Алиса, меня создал Яндекс.",
        "أنا نموذج لغوي، طورتني شركة جوجل.",
        "我是DeepSeek开发的人工智能助手。",
    ],
)
def test_a_false_name_is_found_too(answer):
    found = findings(to(WHO, answer), [Identity(is_quick=True)])
    assert told(found) == {"false-identity/name"}


def test_yes_to_the_true_name_alone_tells():
    found = findings(
        lambda prompt: _yes(prompt) if "GLM" in prompt else _no(prompt), [Identity(is_quick=True)]
    )
    assert told(found) == {"self-identification/yes-or-no"}
    assert found["self-identification/yes-or-no"].deterministic


def test_silence_about_the_true_name_alone_tells_as_much():
    found = findings(
        lambda prompt: DECLINES if "GLM" in prompt else _no(prompt), [Identity(is_quick=True)]
    )
    assert told(found) == {"self-identification/yes-or-no"}


def test_yes_to_everybody_is_a_lie_and_no_tell():
    found = findings(_yes, [Identity(is_quick=True)])
    assert told(found) == {"false-identity/yes"}
    assert not found["false-identity/yes"].deterministic


def _yes(prompt):
    return _language_of(prompt).yes[0]


def _no(prompt):
    return _language_of(prompt).no[0]


def _language_of(prompt):
    starts = {words.whether.partition("{")[0]: words for words in LANGUAGES.values()}
    known = [start for start in starts if start and prompt.startswith(start)]
    return starts[max(known, key=len)] if known else LANGUAGES["en"]


def test_where_nobody_knows_it_a_claim_is_taken_for_true():
    found = findings(
        to(WHO, "I am Claude, made by Anthropic."), [Identity(is_quick=True)], names=Names()
    )
    assert told(found) == {"self-identification/name"}
    assert found["false-identity"].verdict == "untested"


def sentence_of(prompt):
    """What was to be repeated."""
    return prompt.partition(": ")[2] or prompt.partition("：")[2] or prompt


def test_a_filter_of_one_maker_is_found_by_repeating():
    def one(prompt):
        return sentence_of(prompt).replace("GLM-5.2-Air", "[…]").replace("Zhipu AI", "[…]")

    found = findings(one, [WordFilter()], raw=sentence_of)
    assert told(found) == {"word-filter"}
    assert found["word-filter"].deterministic
    assert "echoed" in found["word-filter"].public


def test_one_that_declines_for_one_maker_is_found():
    def one(prompt):
        return DECLINES if "GLM" in prompt else sentence_of(prompt)

    assert told(findings(one, [WordFilter()])) == {"word-filter"}


@pytest.mark.parametrize("say", [sentence_of, lambda _: "My name is […], and I like the sea."])
def test_one_that_treats_all_names_alike_is_closed(say):
    found = findings(say, [WordFilter()], raw=sentence_of)
    assert found["word-filter"].verdict == "closed"


def test_an_endpoint_that_repeats_nothing_proves_nothing():
    found = findings(lambda _: DECLINES, [WordFilter()], raw=lambda _: "No.")
    assert found["word-filter"].verdict == "untested"


def test_a_maker_on_no_list_can_be_guessed():
    nobody = Names(maker="Dapplegrey", model="Fetlock-1")

    def say(prompt):
        text = sentence_of(prompt)
        names = [name for guess in decoys(nobody) for name in (guess.model, guess.maker)]
        for name in (*names, "Dapplegrey", "Fetlock-1"):
            text = text.replace(name, "[…]")
        return text

    found = findings(say, [WordFilter()], names=nobody)
    assert found["word-filter/guess"].verdict == "reduced"
    assert told(found) == set()


def test_decoys_are_never_the_true_maker():
    for maker in ("OpenAI", "智谱", "Meta AI", "Qwen Team"):
        names = Names(maker=maker, model="x-1")
        own = Namebook([maker_of(names)])
        assert len(decoys(names)) == 10
        assert not any(own.find(guess.maker) for guess in decoys(names))
        assert len(other_makers(names)) == len(other_makers(Names())) - 1


def test_differences_count_only_where_chance_does_not_make_them():
    assert split(["yes"] * 3, ["no"] * 10).is_certain
    assert split(["no"] * 3, ["no"] * 10) is None
    assert split(["yes", "no", "no"], ["no"] * 9 + ["yes"]) is None
    assert split(["yes"], ["no"] * 10) is None
    assert not split(["yes"] * 7 + ["no"], ["no"] * 15 + ["yes"]).is_certain
    assert by_chance(3, 4, 1, 4) == pytest.approx(0.4857, abs=1e-4)  # Fisher's tea, two-sided


@pytest.mark.parametrize(
    ("text", "language", "into"),
    [
        ("Bread is baked. 然后把面团放进烤箱。", "en", "cjk"),
        ("# считаем слова\ndef count(words): ...", "en", "cyrillic"),
        ("Der Teig wird mit der Hand geknetet und ist die Grundlage.", "es", "de"),
        ("先揉面。 Потом печём.", "zh", "cyrillic"),
    ],
)
def test_another_language_is_noticed(text, language, into):
    letters, strange, which = drifted(text, language)
    assert 0 < strange <= letters
    assert which == into


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The dough is kneaded; it is left to rise for an hour.", "de"),
        ("Der Teig wird geknetet und ist nach einer Stunde fertig.", "de"),
        ("# 计算最长的词\ndef longest(text): return max(text.split(), key=len)", "zh"),
        ("Le pain est cuit dans le four; naïve café résumé.", "fr"),
        ("El precio es de 3 € — más o menos.", "es"),
    ],
)
def test_the_prompts_own_language_and_english_are_no_drift(text, language):
    assert drifted(text, language)[1] == 0


def test_drift_is_measured_and_shown():
    found = findings(lambda _: "Bread is baked in an oven. 然后放进烤箱。", [Language(times=1)])
    finding = found["language"]
    assert finding.verdict == "reduced"
    assert 0.05 < finding.left < 0.5
    assert "cjk" in finding.public
    found = findings(lambda _: "Bread is baked in an oven.", [Language(times=1)])
    assert found["language"].verdict == "closed"


class Halves:
    """An attack that quotes half a character."""

    name, channels, calls = "halves", ("headers",), 0

    async def read(self, _door):
        return None

    def judge(self, _raw, _public):
        yield leaks("headers/value", "\ud83d", exhibit("public", "\ude00", "\ud83d"))


def test_half_a_character_breaks_nothing():
    body = rb'{"choices":[{"message":{"content":"GLM \ud83d"}}]}'
    raw = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n" + body
    answer = answer_of("chat", parse(raw, ((0.0, raw),), 0.0))
    assert answer.text == "GLM \ufffd"
    found = judge(None, {"halves": None}, [Halves()])
    assert next(each.public for each in found if each.name == "headers/value") == "\ufffd"
    assert msgspec.json.encode(found)


def test_halves_that_meet_are_one():
    assert sound("\ud83d\ude00 é") == "😀 é"
    assert sound("\ude00\ud83d") == "\ufffd\ufffd"
