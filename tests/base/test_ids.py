"""Ids have their published shape and never come twice."""

import re

from darkhorse.base.ids import RandomIds
from darkhorse.base.secret import Secret


def test_shapes():
    ids = RandomIds()
    assert re.fullmatch(r"gen-1795333196-[0-9A-Za-z]{20}", ids.generation(1_795_333_196_000_001))
    assert re.fullmatch(r"req-[0-9A-Za-z]{20}", ids.request())
    assert re.fullmatch(r"call_[0-9A-Za-z]{20}", ids.call())


def test_no_two_are_alike_across_refills():
    ids = RandomIds()
    assert len({ids.request() for _ in range(2000)}) == 2000


def test_every_random_byte_counts():
    ids = RandomIds(lambda size: bytes(range(256)) * (size // 256))
    assert {letter for _ in range(20) for letter in ids.request()[4:]} == set(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    )


def test_a_secret_does_not_show_itself():
    secret = Secret("sk-hidden")
    assert "hidden" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "sk-hidden"
