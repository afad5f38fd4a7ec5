"""llama.cpp, by xllamacpp, with the original SmolLM2 (grouped attention, Q4_1) as a peer.

A cache is filled by its own server's way of restoring a slot from a file; what that file holds is
either what it has read and saved (short contexts), or the same rows over and over (`slot_file`).
Decoding is a request of its own that finds all but the prompt's last token in the cache, so that
what is timed is from one streamed token to the next. Its sampler is greedy.
"""

import http.client
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import xllamacpp

from decoding.child import Stopwatch, quiet, serve
from decoding.model import CONTEXT_LENGTH, gguf, prompt
from decoding.slot_file import Slot

_SEED = 256
"""Tokens that are read really, to have rows to repeat."""


class Llama:
    cache_bytes = 30 * 2 * 3 * 64 * 2

    def __init__(self, options: dict[str, Any], folder: Path) -> None:
        self._folder = folder
        self._prompt: list[int] = []
        params = xllamacpp.CommonParams()
        params.model.path = str(_unlimited(folder))
        params.n_ctx = options["most"] + 64
        params.n_parallel = 1
        params.cpuparams.n_threads = options["threads"]
        params.cpuparams_batch.n_threads = options["threads"]
        params.slot_save_path = f"{folder}/"
        params.cache_ram_mib = 0  # or it would copy each context that is no longer asked for
        params.port, params.warmup, params.verbosity = 0, False, 1
        if not options["flash"]:
            kinds = xllamacpp.llama_flash_attn_type
            params.flash_attn_type = kinds.LLAMA_FLASH_ATTN_TYPE_DISABLED
        self._server = xllamacpp.Server(params)
        self.fill(_SEED, is_real=True)
        self._slot("save", "seed")
        self._seed = Slot(folder / "seed")

    def fill(self, context: int, *, is_real: bool) -> None:
        self._prompt = prompt(context)
        if is_real:
            self._slot("erase")
            self.decode("", 1)
            return
        self._seed.write(self._folder / "filled", self._prompt)
        self._slot("restore", "filled")
        (self._folder / "filled").unlink()

    def decode(self, series: str, steps: int) -> list[tuple[float, float]]:
        """`series` says nothing: this process has one."""
        del series
        watch = Stopwatch()
        asked = {
            "prompt": self._prompt,
            "max_tokens": steps + 1,
            "temperature": 0,
            "ignore_eos": True,
            "cache_prompt": True,
            "stream": True,
        }
        self._server.handle_completions(asked, lambda _: watch.lap())
        return watch.ms()[:steps]  # the last chunk is no token

    def _slot(self, action: str, name: str = "") -> None:
        link = http.client.HTTPConnection(urlsplit(self._server.listening_address).netloc)
        body = json.dumps({"filename": name})
        link.request("POST", f"/slots/0?action={action}", body)
        answer = link.getresponse()
        said = json.loads(answer.read())
        link.close()
        if answer.status != 200:
            raise RuntimeError(f"llama.cpp does not {action} its slot: {said}")


def _unlimited(folder: Path) -> Path:
    """The model with another number for the context it was trained for, or it would be cut there.

    Nothing but the check reads it: positions beyond are turned like any other.
    """
    raw = bytearray(gguf().read_bytes())
    key = CONTEXT_LENGTH.encode()
    at = raw.index(key) + len(key) + 4
    raw[at : at + 4] = (1 << 18).to_bytes(4, "little")
    path = folder / "model.gguf"
    path.write_bytes(raw)
    return path


if __name__ == "__main__":
    answers = quiet()
    serve(Llama(json.loads(sys.argv[1]), Path(sys.argv[2])), answers)
