"""A launch of a maker on the list answers a guess as every other launch does."""

from types import SimpleNamespace

import pytest

from darkhorse.catalog.makers import MAKERS, Maker, own_names
from darkhorse.cloak.words.watch import Watch

NOBODY = Watch.over(Maker("Foobarlab", (), ("Quxmodel",)), ("Mule Beta",))
FRAMES = ("I am {}.", "I was trained by {} and I like it.", "我是{}。", "My name is {} and I help.")
LAUNCHES = [(maker, maker.models[at]) for at, maker in enumerate(MAKERS) if at < len(maker.models)]
LAUNCHES += [(maker, maker.models[-1]) for maker in MAKERS if maker.models]


def launch(maker, model, aliases=(), endpoints=()):
    private = SimpleNamespace(
        maker=maker,
        model=model,
        aliases=aliases,
        endpoint=[SimpleNamespace(model=each) for each in endpoints],
    )
    return Watch.over(own_names(private), ("Mule Beta",))


def shown(watch, text):
    words = watch.filter("text", str)
    return words.feed(text) + words.close()


def differing(watch, guesses):
    texts = (frame.format(guess) for guess in guesses for frame in FRAMES)
    return [text for text in texts if shown(watch, text) != shown(NOBODY, text)]


def spelled(name):
    bare = name.split("-")[0].split(" ")[0]
    return {name, name.lower(), name.replace("-", " "), f"{name}s", bare, bare.lower(), f"{bare}s"}


@pytest.mark.parametrize(
    ("maker", "model"), LAUNCHES, ids=lambda each: each if isinstance(each, str) else each.name
)
def test_its_own_listed_names_tell_nobody_whose_it_is(maker, model):
    watch = launch(maker.name, model)
    assert differing(watch, spelled(model) | spelled(maker.name) | {f"{maker.name} {model}"}) == []


@pytest.mark.parametrize(
    ("maker", "model", "aliases", "endpoints"),
    [
        ("Zhipu AI", "GLM-5", ("ChatGLM", "z.ai"), ("zai-org/GLM-5-FP8",)),
        ("DeepSeek", "DeepSeek-V3", ("deepseek-chat",), ("deepseek-ai/DeepSeek-V3.2-Exp",)),
        ("StepFun", "Step-3", (), ("stepfun-ai/step3",)),
        ("Inflection AI", "Inflection-3", (), ()),
        ("TII", "Falcon-H1", (), ("tiiuae/Falcon-H1-34B-Instruct",)),
        ("OpenAI", "GPT-5", (), ("openai/gpt-5.2-zephyr", "gpt-5.2-zephyr-2026_01_02")),
    ],
)
def test_nor_do_aliases_and_endpoints(maker, model, aliases, endpoints):
    guesses = {each for name in (model, *aliases, *endpoints) for each in spelled(name)}
    watch = launch(maker, model, aliases, endpoints)
    assert differing(watch, guesses | {"step", "Inflection", "ChatGLM"}) == []


def test_a_name_that_only_begins_like_a_listed_one_is_watched_whole():
    watch = launch("Nova Robotics", "Claude Zebulon-7", (), ())
    assert shown(watch, "I was made by Nova Robotics.") == (
        "I was made by [a developer I may not name]."
    )
    assert "Zebulon" not in shown(watch, "I am Claude Zebulon-7, a model.")


@pytest.mark.parametrize(
    "name", ["GLM-5-Zephyr", "GLM-5.2-zephyr-20260102", "glm-5:zephyr", "GLM-5_Zephyr"]
)
def test_what_is_glued_to_a_version_goes_with_it(name):
    for text in (f"I am {name}.", f"I am {name}, a model", f"I am {name}"):
        for cut in range(len(text)):
            words = NOBODY.filter("text", str)
            told = words.feed(text[:cut]) + words.feed(text[cut:]) + words.close()
            assert "ephyr" not in told
            assert told == shown(NOBODY, text)


def test_a_name_of_a_thousand_letters_stops_nothing():
    for letters in ("ab" * 500, "x" * 97):
        watch = launch("Frobnic Labs", letters)
        assert shown(watch, "I was made by Frobnic.") != "I was made by Frobnic."
