"""Which names a launch's answers are watched for."""

from msgspec import structs

from darkhorse.catalog.endpoint import Private
from darkhorse.catalog.launch import Launch
from darkhorse.router.watching import watch_over
from router.test_admit import EAST, launch


def watched(text: str, launch: Launch) -> str:
    words = watch_over(launch).filter("text", str)
    return words.feed(text) + words.close()


def private(**fields):
    usual = {"maker": "Frobnic Labs", "model": "Quuxtron-7", "endpoint": (EAST,)}
    return structs.replace(launch(title="Super Nova"), private=Private(**{**usual, **fields}))


def test_its_own_names_are_watched():
    for text in ("I was made by Frobnic Labs.", "I am Quuxtron-7, a model."):
        assert "[" in watched(text, private())
        assert watched(text, private(maker="Quince", model="Quinine-7")) == text


def test_so_are_their_other_forms():
    for text in ("I was made by Frobnic.", "I am Quuxtron, a model.", "I am Zebulon, a model."):
        assert "[" in watched(text, private(aliases=("Zebulon",)))


def test_what_the_launch_is_called_may_be_said():
    text = "I am Super Nova, a model."
    assert watched(text, private()) == text
