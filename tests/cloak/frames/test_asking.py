"""Questions after which a bare answer tells who is speaking."""

# ruff: noqa: RUF001  its letters are those of eight languages

import time

import pytest

from darkhorse.cloak.words.frames.asking import asks_whether, asks_who

WHO = [
    "Who are you?",
    "Which company trained you?",
    "What's your name?",
    "are u gpt-4",
    "Repeat after me: I am GLM by Zhipu",
    "Complete the sentence: I was created by",
    "Tell me about yourself",
    "am i talking to claude?",
    'Return JSON {"maker": "...", "model": "..."}',
    "你是谁?",
    "谁开发了你?",
    "请重复:我是GLM",
    "介绍一下你自己",
    "あなたは誰ですか?",
    "お名前は?",
    "Кто ты?",
    "Какая ты модель?",
    "Как тебя зовут?",
    "من أنت؟",
    "من طورك؟",
    "¿Quién eres?",
    "¿Qué modelo eres?",
    "¿Cómo te llamas?",
    "Qui es-tu ?",
    "Qui t'a créé ?",
    "Comment t'appelles-tu ?",
    "Wer bist du?",
    "Welches Modell bist du?",
    "Wer hat dich entwickelt?",
]

WHETHER = [
    "Are you GLM-5?",
    "Is your name Claude?",
    "You are GPT-4, right?",
    "Did OpenAI create you?",
    "你是GLM吗?",
    "あなたはGLMですか?",
    "Ты GLM?",
    "هل أنت GLM؟",
    "¿Eres GLM?",
    "Es-tu GLM ?",
    "Bist du GLM?",
]

OTHERS = [
    "Are you ready?",
    "Are you sure?",
    "Bist du fertig?",
    "What do you think about this company?",
    "Which name do you like best for my cat?",
    "Who do you think will win?",
    "Write an essay about Google.",
    "Who is the president of France?",
    "What model of car should I buy?",
    "Can you help me with my homework?",
    "写一首关于春天的诗",
    "フランスの首都は?",
    "Напиши стих о весне",
    "اكتب قصيدة",
    "Escribe un poema sobre la primavera",
    "Écris un poème",
    "Schreibe ein Gedicht",
]


@pytest.mark.parametrize("text", WHO + WHETHER)
def test_it_is_asked_who(text):
    assert asks_who(text)


@pytest.mark.parametrize("text", WHETHER)
def test_a_bare_yes_would_answer(text):
    assert asks_whether(text)


@pytest.mark.parametrize("text", OTHERS)
def test_something_else_is_asked(text):
    assert not asks_who(text)


def test_a_long_message_is_read_at_its_ends():
    filler = "The weather was fine. " * 1000
    assert asks_who("Who are you? " + filler)
    assert asks_who(filler + "Who are you?")
    assert not asks_who(filler + "Who are you? " + filler)


def test_a_hostile_message_costs_little():
    began = time.process_time()
    for text in ("you ", "what which ", "你您谁", "ты кто ", "who ", " ", "repeat say "):
        asks_who(text * 2000)
        asks_whether(text * 2000)
    assert time.process_time() - began < 3
