"""Asks anonymous models of the scripted upstream, without a socket between."""

import itertools
from collections.abc import Iterable

import msgspec
from msgspec import Raw

from darkhorse.attribution.client.answer import answer_of
from darkhorse.attribution.client.asking import body_of
from darkhorse.attribution.client.reply import parse
from darkhorse.attribution.library.shipped import shipped
from darkhorse.attribution.measured import measured
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.observing import observation_of
from darkhorse.attribution.signal import Probe
from darkhorse.upstream.scripted import find
from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.measured import Measured
from darkhorse.upstream.scripted.plant import Plant

MEASURED = msgspec.convert(measured(shipped()), Measured)


def asked(model: str, probes: Iterable[Probe]) -> list[Observation]:
    """What `veiled?…` answers to all of them, in order."""
    scenario, wish = find(model)
    numbers = itertools.count()
    seen = []
    for probe in probes:
        body = body_of("chat", model, probe.ask)
        question = Ask(
            stream=probe.ask.stream,
            shape=wish.shape,
            plant=Plant(),
            messages=Raw(msgspec.json.encode(body["messages"])),
            max_tokens=probe.ask.limit,
            body=msgspec.json.encode(body),
            count=lambda _: next(numbers),
            measured=MEASURED,
        )
        steps = scenario.play(question, **wish.arguments())
        raw = b"".join(step for step in steps if isinstance(step, bytes))
        answer = answer_of("chat", parse(raw, ((0.0, raw),), 0.1))
        seen.append(observation_of(probe.name, probe.ask, body, answer))
    return seen
