"""llama.cpp answers one prompt, in a process of its own: what it cannot run may end the process.

`python -m llamacpp.asking FILE` reads ids from stdin and writes JSON to stdout.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xllamacpp

__all__ = ["Said", "ask"]

Said = list[tuple[int, Mapping[int, float]]]
"""For each token of an answer: its id, and the log-probabilities of the likeliest ones."""


def ask(path: Path, prompt: Sequence[int], length: int) -> Said:
    """The greedy answer, `length` tokens long, of the GGUF at `path`."""
    process = subprocess.run(
        [sys.executable, "-m", "llamacpp.asking", path, str(length)],
        input=json.dumps(prompt),
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert process.returncode == 0, process.stderr[-2000:]
    return [
        (token["id"], {one["id"]: one["logprob"] for one in token["top_logprobs"]})
        for token in json.loads(process.stdout)
    ]


def _answer(path: str, prompt: Sequence[int], length: int) -> list[Any]:
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = 4096
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    answer = xllamacpp.Server(params).handle_completions(
        {
            "prompt": prompt,
            "max_tokens": length,
            "temperature": 0,
            "ignore_eos": True,
            "cache_prompt": False,
            "logprobs": 10,
        }
    )
    tokens: list[Any] = answer["choices"][0]["logprobs"]["content"]
    return tokens


if __name__ == "__main__":
    json.dump(_answer(sys.argv[1], json.load(sys.stdin), int(sys.argv[2])), sys.stdout)
