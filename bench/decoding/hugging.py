"""transformers with the original weights as a peer: SDPA, its default cache, greedy.

A synthetic cache holds random keys and values. Its `DynamicCache` copies all keys and values when a
token comes to them; that is part of what a token costs there.
"""

import json
import sys
from copy import deepcopy
from typing import Any

import torch
from transformers import AutoModelForCausalLM, DynamicCache

from decoding.child import Stopwatch, quiet, serve
from decoding.model import gguf, prompt

_HEADS, _WIDTH, _LAYERS = 3, 64, 30
_DTYPES = {"transformers fp32": torch.float32, "transformers bf16": torch.bfloat16}


class Hugging:
    cache_bytes = _LAYERS * 2 * _HEADS * _WIDTH * 2

    def __init__(self, options: dict[str, Any]) -> None:
        torch.set_num_threads(options["threads"])
        torch.manual_seed(0)
        path = gguf()
        model = AutoModelForCausalLM.from_pretrained(
            path.parent, gguf_file=path.name, dtype=torch.float32
        ).eval()
        self._models = {name: deepcopy(model).to(dtype) for name, dtype in _DTYPES.items()}
        self._caches: dict[str, DynamicCache] = {}

    @torch.inference_mode()
    def fill(self, context: int, *, is_real: bool) -> None:
        for name, model in self._models.items():
            cache = self._caches[name] = DynamicCache()
            if is_real:
                ids = torch.tensor([prompt(context)])
                model(ids, past_key_values=cache, logits_to_keep=1)
                continue
            shape = (1, _HEADS, context, _WIDTH)
            for layer in range(_LAYERS):
                keys, values = torch.randn(2, *shape).to(_DTYPES[name])
                cache.update(keys, values, layer)

    @torch.inference_mode()
    def decode(self, series: str, steps: int) -> list[tuple[float, float]]:
        model, cache = self._models[series], self._caches[series]
        token = torch.tensor([[5]])
        watch = Stopwatch()
        for step in range(steps + 1):  # the first warms up
            if step:
                watch.lap()
            logits = model(token, past_key_values=cache).logits
            token = logits[:, -1:].argmax(-1)
        watch.lap()
        cache.crop(-steps - 1)
        return watch.ms()


if __name__ == "__main__":
    answers = quiet()
    serve(Hugging(json.loads(sys.argv[1])), answers)
