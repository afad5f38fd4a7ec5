"""Writers with habits of their own, and a style that was learnt from them."""

from functools import cache
from random import Random

from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.learn.style import LearntStyle, learn_style
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation, Turn

TOPICS = ("rivers", "bread", "chess", "trains", "winter", "gardens", "clocks", "maps")
_WORDS = tuple(
    "the of a is it and to in that we one often may there when some with its more".split()  # noqa: SIM905 (nineteen lines otherwise)
)
_THINGS = {topic: [f"{topic}{n}" for n in ("shore", "craft", "light", "stone")] for topic in TOPICS}


def _plain(draw, topic):
    return " ".join(f"{_sentence(draw, topic, 12)}." for _ in range(8))


def _listing(draw, topic):
    items = "\n".join(
        f"- **{_sentence(draw, topic, 2)}**: {_sentence(draw, topic, 6)}" for _ in range(7)
    )
    return f"Sure! Here's what matters:\n\n{items}\n\nLet me know!"


def _dashing(draw, topic):
    lines = (
        f"{_sentence(draw, topic, 5)} — {_sentence(draw, topic, 5)}; so it is." for _ in range(7)
    )
    return "\n\n".join(lines)


def _headed(draw, topic):
    parts = (f"## {_sentence(draw, topic, 2)}\n\n{_sentence(draw, topic, 14)}!" for _ in range(4))
    return "\n\n".join(parts) + "\n\n---\n\nIn conclusion, we may see."


WRITERS = {
    "ash/plain-1": _plain,
    "birch/list-1": _listing,
    "cedar/dash-1": _dashing,
    "dogwood/head-1": _headed,
}


def _sentence(draw, topic, length):
    words = [draw.choice(_THINGS[topic] if draw.random() < 0.2 else _WORDS) for _ in range(length)]
    return " ".join(words).capitalize()


def answer(model, topic, seed):
    return WRITERS[model](Random(f"{model}{topic}{seed}"), topic)


@cache
def rows():
    return tuple(
        Row(
            model=model,
            seen=Observation(prompt=(Turn("user", f"{topic} {n}?"),), text=answer(model, topic, n)),
            set="one" if topic < "m" else "two",
            question=f"{topic}-{n}",
        )
        for model in WRITERS
        for topic in TOPICS
        for n in range(5)
    )


@cache
def learnt() -> LearntStyle:
    labs = {model.partition("/")[0] for model in WRITERS}
    return learn_style(rows(), {lab: frozenset({lab}) for lab in labs}, lambda *_: None)


@cache
def library() -> Library:
    return Library(style=learnt().style)


def seen(*texts):
    return [Observation(text=text) for text in texts]
