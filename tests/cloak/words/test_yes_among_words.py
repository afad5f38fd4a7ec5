"""Which words at the beginning are a yes or a no, and which begin an honest refusal."""

# ruff: noqa: RUF001 (as it is written)

import pytest

from cloak.words.words_kit import LABS, PLAIN, filtered
from darkhorse.cloak.words.watch import Watch

WATCH = Watch(LABS, PLAIN._replace(asks_who=lambda _: True, asks_whether=lambda _: True))


def told(text, asked="Are you GLM-5?"):
    whole = filtered([text], watch=WATCH, asked=asked)[0]
    for cut in range(len(text)):
        assert filtered((text[:cut], text[cut:]), watch=WATCH, asked=asked)[0] == whole
    return whole


@pytest.mark.parametrize(
    "text",
    [
        "I am Mule Beta. I can't share who made me.",
        "I don't share which model I am.",
        "It is confidential who made me.",
        "It is something I cannot share.",
        "No problem asking, but I cannot say.",
        "No-one may know.",
        "True to my rules, I can't say.",
        "Right now I can't share that.",
        "Sure thing! hello",
        "Well, I cannot say.",
        "Hello! I am Mule Beta.",
        "The answer is confidential.",
        "Natürlich kann ich das nicht sagen.",
        "Si quieres saberlo, no puedo decirlo.",
        "Claro que no puedo decirlo.",
        "Да ладно, не могу сказать",
        "是这样的，我不便透露。",
        "不便透露。",
        "对不起，我不能说。",
        "Bien sûr que je ne peux rien dire.",
    ],
)
def test_an_honest_refusal_stays(text):
    assert told(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Well, yes.", "Well, I may not say."),
        ("Oh yes", "Oh I may not say"),
        ("Ah, yes, I am.", "Ah, I may not say."),
        ("Hello! Yes, I am.", "Hello! I may not say."),
        ("Okay, so, yes!", "Okay, so, I may not say!"),
        ("The answer is yes.", "I may not say."),
        ("In a word: yes.", "In a word: I may not say."),
        ("My answer: no", "My answer: I may not say"),
        ("Answer: Yes", "Answer: I may not say"),
        ("<answer>Yes</answer>", "<answer>I may not say</answer>"),
        ("\\boxed{Yes}", "\\boxed{I may not say}"),
        ("That's me!", "I may not say!"),
        ("Guilty as charged.", "I may not say."),
        ("I can confirm that.", "I may not say."),
        ("Confirmed", "I may not say"),
        ("Yes I am GLM", "I may not say I am [model withheld]"),
        ("Yes", "I may not say"),
        ("Yes — sure", "I may not say — sure"),
        ("I am.", "I may not say."),
        ("Ну, да.", "Ну, Этого я сказать не могу."),
        ("Die Antwort ist ja.", "Das darf ich nicht sagen."),
        ("答案是：是的。", "这一点我不便透露。"),
        ("我就是。", "这一点我不便透露。"),
    ],
)
def test_a_yes_is_one_also_behind_a_lead(text, expected):
    assert told(text) == expected
