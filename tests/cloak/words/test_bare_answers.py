"""After a question who it is, a bare name or a bare yes is an answer."""

# ruff: noqa: RUF001 (as it is written)

import pytest

from cloak.words.words_kit import LABS, PLAIN, WATCH, filtered, shown
from darkhorse.cloak.words.watch import Watch

WHO = "who are you"
AMONG = f"{WHO} And then: " + "look over these lines, too. " * 20
WHETHER = "are you GLM"


@pytest.mark.parametrize(
    "text",
    [
        "GLM-5.", "**GLM**", "It's GLM.", "GLM", "Name: GLM\nMore", "Sure! GLM-5.", '"GLM"',
        "- GLM\n",
        '{"model": "GLM-5.2"}', '["GLM", 1]', "GLM, of course", "GLM (a model)", "Of course. GLM!",
        "名字：GLM。",
    ],
)  # fmt: skip
def test_a_bare_name_is_an_answer_where_it_was_asked(text):
    assert "[model withheld]" in shown(text, asked=WHO)
    assert "GLM" not in shown(text, asked=WHO)
    assert shown(text, asked="What is 2+2?") == text


@pytest.mark.parametrize(
    "text",
    [
        "I cannot tell you that. OpenAI and others do.",
        "OpenAI is a company in San Francisco.",
        "There are many labs in the world: OpenAI, Zhipu, Meta.",
        "No idea. Not my thing at all, honestly. GLM!",
    ],
)
def test_a_name_elsewhere_is_not_where_much_else_was_asked(text):
    assert shown(text, asked=AMONG) == text


def test_what_goes_with_a_bare_name_goes_too():
    assert shown("GLM-5, a model of many, Zhipu AI. OpenAI is not.", asked=AMONG) == (
        "[model withheld], a model of many, [maker withheld]. OpenAI is not."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes.", "I may not say."),
        ("**Yes!** And", "**I may not say!** And"),
        ("Yes, I am.", "I may not say."),
        ("No, I'm not, friend", "I may not say, friend"),
        ("No. I'm GLM.", "I may not say. I'm [model withheld]."),
        ("That's correct.", "I may not say."),
        ("是的，我是。", "这一点我不便透露。"),
        ("Да, это так.", "Этого я сказать не могу."),
        ("はい、そうです。", "それはお答えできません。"),
        ("نعم، أنا كذلك.", "لا يمكنني قول ذلك."),
        ("Sí, lo soy.", "No puedo decirlo."),
        ("Oui !", "Je ne peux pas le dire !"),
        ("Nein, das bin ich nicht.", "Das darf ich nicht sagen."),
        ('{"answer": "Yes"}', '{"answer": "I may not say"}'),
        ("Yesterday", "Yesterday"),
        ("Nonsense", "Nonsense"),
        ("I cannot say. Yes.", "I cannot say. Yes."),
        ("我不能说", "我不能说"),
    ],
)
def test_a_bare_yes_or_no_is_one_too(text, expected):
    for cut in range(len(text)):
        pieces = (text[:cut], text[cut:])
        assert filtered(pieces, asked=WHETHER)[0] == expected
        assert filtered(pieces, asked=WHO)[0].startswith(text[:2])


def test_a_bare_no_is_refused_in_the_language_of_the_question():
    watch = Watch(LABS, PLAIN._replace(asks_who=lambda _: True, asks_whether=lambda _: True))
    for asked, expected in (("¿Eres GLM?", "No puedo decirlo."), ("GLM? who?", "I may not say.")):
        assert filtered(["No."], watch=watch, asked=asked)[0] == expected


def test_a_question_of_yes_or_no_about_nobody_is_answered():
    watch = Watch(LABS, PLAIN._replace(asks_who=lambda _: True, asks_whether=lambda _: True))
    assert filtered(["Yes."], watch=watch, asked="Is water wet?")[0] == "Yes."
    assert filtered(["Yes."], watch=watch, asked="Water, or Zhi-pu?")[0] == "I may not say."


def test_the_question_is_read_only_where_it_matters():
    def unread() -> str:
        raise AssertionError("nobody wanted to know")

    filter_ = WATCH.filter("text", unread)
    shown_ = filter_.feed("Fine weather. I am a model, OpenAI is a company; and so on.")
    assert shown_ + filter_.close() == (
        "Fine weather. I am a model, OpenAI is a company; and so on."
    ).replace("OpenAI", "[maker withheld]")
