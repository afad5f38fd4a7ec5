"""Frames: which sentences tell who is speaking. Written with the frames; recall is tested apart."""

# ruff: noqa: RUF001  its letters are those of eight languages

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse.cloak.words.fold import folded
from darkhorse.cloak.words.frames import judge, phrase

SENTENCES = json.loads(Path(__file__).with_name("sentences.json").read_text(encoding="utf-8"))
KINDS = {"{maker}": "maker", "{model}": "model"}
NAMES = (("Zhipu AI", "GLM-5"), ("Nordlicht", "Orion 3 Pro"))
KNOWN_MISFIRES = 0


def places(sentence):
    """Every name's place in it: what stands before, its kind, what follows."""
    for maker, model in NAMES:
        for slot, kind in KINDS.items():
            at = sentence.find(slot)
            while at >= 0:
                before, after = sentence[:at], sentence[at + len(slot) :]
                yield kind, filled(before, maker, model), filled(after, maker, model)
                at = sentence.find(slot, at + 1)


def filled(text, maker, model):
    return folded(text.replace("{maker}", maker).replace("{model}", model))


@pytest.mark.parametrize("language", SENTENCES)
def test_told(language):
    missed = [
        sentence
        for sentence in SENTENCES[language]["told"]
        for kind, before, after in places(sentence)
        if judge(before, kind, after, ended=True) != "yes"
    ]
    assert missed == []


@pytest.mark.parametrize("language", SENTENCES)
def test_untold(language):
    touched = [
        sentence
        for sentence in SENTENCES[language]["untold"]
        for kind, before, after in places(sentence)
        if judge(before, kind, after, ended=True) != "no"
    ]
    assert touched == []


def test_without_the_speaker_a_sentence_tells_nothing():
    for sentence in ("{model} is a language model by {maker}.", "{maker} was founded in 2019."):
        for kind, before, after in places(sentence):
            assert judge(before, kind, after, ended=True) == "no"


def test_a_name_first_waits_for_the_rest():
    assert judge("", "maker", "", ended=False) == "open"
    assert judge("", "maker", " created", ended=False) == "open"
    assert judge("", "maker", " created me", ended=False) == "yes"
    assert judge("", "maker", " created a chip.\n", ended=False) == "no"


@pytest.mark.parametrize("language", SENTENCES)
def test_what_comes_later_only_decides_what_was_open(language):
    """The filter asks at every few words: an answer once given stands for its first time."""
    for sentence in SENTENCES[language]["untold"]:
        for kind, before, after in places(sentence):
            for cut in range(0, len(after), 7):
                assert judge(before, kind, after[:cut], ended=False) in ("no", "open", "yes")
            assert judge(before, kind, "", ended=True) in ("no", "yes")


def test_it_is_decided_after_160_characters():
    assert judge("", "model", ", whose letters " * 12, ended=False) == "no"


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=330),
    st.sampled_from(["maker", "model"]),
    st.text(max_size=170),
    st.booleans(),
)
def test_any_text_has_a_judgement_and_a_phrase(before, kind, after, ended):
    judgement = judge(folded(before), kind, folded(after), ended=ended)
    assert judgement in ("yes", "no") if ended else ("yes", "no", "open")
    replaced = phrase(kind, folded(before), folded(after))
    assert replaced.startswith("[")
    assert replaced.endswith("]")


HOSTILE = (
    "i am i was my name you are using the model that as an ai made by ",
    "i'm a model, of a model, from a team, (by) – not ",
    "我是由我的你正在作为本助手,",
    "私は私の開発されたあなたが話しているのは、",
    "soy un modelo creado por me llamo estas hablando con ",
    "je suis un modele cree par j'ai ete vous parlez avec ",
    "ich wurde von ich bin ein modell als mich hat du sprichst mit ",
    "я модель создана меня моя вы общаетесь с как ",
    "انا نموذج طورته تم تطويري انت تتحدث مع بصفتي ",
    ", (–",
    "\n- name: ",
    "| who made you? |",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_costs_milliseconds(hostile):
    """A pattern that backtracks without bound would take seconds here."""
    before, after = (hostile * 160)[:320], (hostile * 80)[:160]
    began = time.process_time()
    for cut in range(10):
        judge(before + "x" * cut, "maker", after, ended=True)
    assert time.process_time() - began < 1


def test_the_phrase_speaks_the_sentences_language():
    assert phrase("maker", "i was made by ", ".") == "[a developer I may not name]"
    assert phrase("model", "i'm ", ", a model.") == "[a model I may not name]"
    assert phrase("model", "my name is ", ".") == "[a name I may not give]"
    assert phrase("maker", "as an ", " model, i follow rules.") == "[undisclosed]"
    assert "开发者" in phrase("maker", "我是由", "开发的。")
    assert "開発元" in phrase("maker", "私は", "によって開発されました。")
    assert "desarrollador" in phrase("maker", "fui creado por ", ".")
    assert "développeur" in phrase("maker", "j'ai été créé par ", ".")
    assert "Entwickler" in phrase("maker", "ich wurde von ", " entwickelt.")
    assert "разработчика" in phrase("maker", "меня создала компания ", ".")
    assert "جهة" in phrase("maker", "طورتني شركة ", ".")
    assert phrase("model", "", "") == "[a model I may not name]"


def test_a_refusal_tells_nothing_itself():
    """What is shown must not be replaced again, nor hold a name."""
    for kind in ("maker", "model"):
        for before in ("i am ", "我是", "私は", "soy ", "je suis ", "ich bin ", "я ", "انا "):
            shown = phrase(kind, before, "")
            assert shown == phrase(kind, before, " ")
            assert not shown[1:-1].startswith(" ")
