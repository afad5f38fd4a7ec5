"""Our engine with the lifted SmolLM2, through the path that serving uses: `Engine.step`.

So a token includes the scheduler, rotary positions, index keys and their norm, the indexer's scores
and picks, the gather, the head and greedy sampling; not the tokenizer, the parser and HTTP.

A cache is filled by way of prefix reuse: pages of latents that nobody has read a prompt for are
handed to the engine as a prompt's beginning. Latents are rows of a real prompt, over and over;
index keys are too, each a little different, for equal scores would take the way of ties.

    OMP_NUM_THREADS=1 PYTHONPATH=engine/src:src:bench python -m decoding.ours 256 2048 8192

prints the median CPU milliseconds a token of each series.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from statistics import median
from typing import Any

import torch
from torch import Tensor

from darkhorse_engine.cache import PAGE, bytes_per_token
from darkhorse_engine.config import Config
from darkhorse_engine.engine import Engine
from darkhorse_engine.lift.lift import lifted
from darkhorse_engine.model import Model
from darkhorse_engine.quant import Bits, quantize
from darkhorse_engine.sampling import Sampling
from darkhorse_engine.sequence import Request
from darkhorse_engine.simplify import simplify
from darkhorse_engine.weights.gguf_file import GgufFile
from decoding.child import Stopwatch, quiet, serve
from decoding.model import gguf, prompt

_FORMS: Mapping[str, tuple[Bits, bool]] = {
    "ours int4": (4, True),
    "ours int8": (8, True),
    "ours int4, dense": (4, False),
}
"""Bits of a weight, and is it sparse?"""

_REAL = 256
"""Tokens that are read really, to have rows to repeat."""

_NOISE = 0.05


class Ours:
    def __init__(self, options: dict[str, Any]) -> None:
        torch.set_num_threads(options["threads"])
        most = options["most"]
        config, weights = lifted(GgufFile(gguf()))
        config = replace(config, max_position_embeddings=most + 8 * PAGE)
        self.cache_bytes = bytes_per_token(config, torch.bfloat16)
        self._models = {
            name: _model(config if is_sparse else config.with_topk(most + 8 * PAGE), weights, bits)
            for name, (bits, is_sparse) in _FORMS.items()
            if name in options.get("series", _FORMS)
        }
        self._engine = Engine(
            next(iter(self._models.values())),
            memory=(most // PAGE + 8) * PAGE * self.cache_bytes,
            budget=512,
        )
        self._prompt: list[int] = []
        self._keys: list[bytes] = []
        self._filled = 0

    def fill(self, context: int, *, is_real: bool) -> None:
        self._prompt, self._keys = prompt(context), []
        self._engine.prefixes.give_up(len(self._engine.prefixes.pages))
        self._engine.model = next(iter(self._models.values()))
        if is_real:
            self._filled = 0
            self._answer(1)
            return
        if not self._filled:
            self._prompt = prompt(_REAL)
            self._answer(1)
            self._filled, self._prompt = _REAL, prompt(context)
            self._engine.prefixes.give_up(len(self._engine.prefixes.pages))
        self._repeat(context)
        pool, whole = self._engine.pool, range(context // PAGE * PAGE)
        pages = pool.take(len(whole) // PAGE)
        self._engine.prefixes.keep(self._prompt, self._keys, pages, whole)
        pool.release(pages)

    def decode(self, series: str, steps: int) -> list[tuple[float, float]]:
        self._engine.model = self._models[series]
        return self._answer(steps)

    def _answer(self, steps: int) -> list[tuple[float, float]]:
        """Of the prompt, what is not kept is read; then `steps` tokens are timed."""
        self._engine.add(
            Request(prompt=self._prompt, sampling=Sampling(temperature=0), max_tokens=steps + 2)
        )
        watch, said = Stopwatch(), 0
        while self._engine.is_busy:
            said += sum(len(delta.tokens) for delta in self._engine.step())
            if said > 1:  # the token behind the first warms up
                watch.lap()
        return watch.ms()

    def _repeat(self, context: int) -> None:
        """Rows up to `context`, of those of the real prompt. Its pages are the first in memory."""
        source = torch.Generator().manual_seed(0)
        pages = self._engine.pages
        rows = torch.arange(self._filled, max(context, self._filled)) % _REAL
        for latents in pages.latents:
            latents[self._filled : context] = latents[:_REAL][rows]
        for keys in pages.index_keys.values():
            fresh = keys[:_REAL][rows].float()
            noise = torch.randn(fresh.shape, generator=source) * _NOISE
            keys[self._filled : context] = (fresh * (1 + noise)).to(keys.dtype)
        self._filled = max(context, self._filled)


def _model(config: Config, weights: Mapping[str, Tensor], bits: Bits) -> Model:
    model = Model.empty(config)
    model.load_state_dict(dict(weights), assign=True)
    simplify(model)
    quantize(model, bits)
    return model


def _print(contexts: list[int]) -> None:
    ours = Ours({"threads": 1, "most": max(contexts)})
    for context in contexts:
        ours.fill(context, is_real=False)
        for name in _FORMS:
            cpu = [ms for ms, _ in ours.decode(name, 12)]
            print(f"{context:>8,} {name:<18} {median(cpu):8.1f} ms CPU a token", flush=True)


if __name__ == "__main__":
    if sys.argv[1].isdecimal():
        _print([int(context) for context in sys.argv[1:]])
    else:
        answers = quiet()
        serve(Ours(json.loads(sys.argv[1])), answers)
