"""The model process: llama.cpp's own HTTP server over one GGUF file, on loopback, behind a key.

What llama.cpp prints names the model, so the supervisor sends this process's output to a private
file. `/health` answers without the key; everything else wants it. Who comes in at the port that
the relay knows is given a slot (seats.py) and passed on to the engine, at a port of its own.
"""

import asyncio
import importlib
import os
import signal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from darkhorse.base.errors import ConfigError
from darkhorse.base.settings import ModelSettings
from darkhorse.upstream.seats import BANDS, Door, Seats
from darkhorse.wiring.child import ready
from darkhorse.wiring.extras import install_command

__all__ = ["FILE_VARIABLE", "KEY_VARIABLE", "LOG", "URL_VARIABLE", "run"]

FILE_VARIABLE = "DARKHORSE_MODEL_FILE"
KEY_VARIABLE = "DARKHORSE_MODEL_KEY"
URL_VARIABLE = "DARKHORSE_MODEL_URL"
LOG = Path("logs", "model.log")
"""In the data directory: where `darkhorse up` sends this process's output."""

_STOP = {signal.SIGTERM, signal.SIGINT}


def run(settings: ModelSettings, data: Path) -> None:
    """Serve the model until SIGTERM or SIGINT, then end the process. Raises ConfigError."""
    # Blocked before the engine starts its threads, so that none of them takes the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    path, url, key = (_fact(name) for name in (FILE_VARIABLE, URL_VARIABLE, KEY_VARIABLE))
    engine = _engine()
    server = _serve(engine, _parameters(engine, settings, path, key), path, data)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)
    engine_port = urlsplit(server.listening_address).port
    door = Door(Seats(settings.slots), port=engine_port or 0, key=key)
    asyncio.run(_keep_open(door, urlsplit(url).port or 0))
    # The server's destructor waits for running answers, for ever if their reader is gone. Whoever
    # stops us has drained the relay before.
    _leave(server)


def _fact(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise ConfigError(f"Set {name}; `darkhorse up` does so for the model process it starts.")
    return value


def _engine() -> Any:
    """xllamacpp is an optional dependency: imported where it is needed and nowhere else."""
    try:
        return importlib.import_module("xllamacpp")
    except ImportError:
        raise ConfigError(
            "The embedded model needs xllamacpp, which is not installed; install it with: "
            + install_command("run", "xllamacpp")
        ) from None


def _parameters(engine: Any, settings: ModelSettings, path: str, key: str) -> Any:
    parameters = engine.CommonParams()
    parameters.model.path = path
    parameters.n_ctx = settings.context
    parameters.n_parallel = settings.slots * BANDS
    parameters.kv_unified = True  # a lone long conversation may use every slot's context
    _divide_prompts(engine, parameters)
    for threads in (parameters.cpuparams, parameters.cpuparams_batch):
        threads.n_threads = settings.threads
        threads.poll = 0  # no spinning between tokens
    parameters.sampling.temp = 0.2  # the default model's card
    parameters.sampling.top_p = 0.9
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0  # any free one
    parameters.api_keys = [key]
    parameters.verbosity = 1  # errors
    parameters.fit_params = False  # would load the file twice, to fit it into a GPU
    parameters.warmup = False
    parameters.ui = False
    return parameters


def _serve(engine: Any, parameters: Any, path: str, data: Path) -> Any:
    """The running server: loaded and listening when this returns. Raises ConfigError."""
    try:
        return engine.Server(parameters)
    except (RuntimeError, ValueError):
        raise ConfigError(
            f"{path}: the engine cannot load this file as a model; {data.resolve() / LOG} says why."
        ) from None


def _divide_prompts(engine: Any, parameters: Any) -> None:
    """How prompts are read, and what is kept of them.

    Measured here: the default model, one thread, two shared cores of a 2026 cloud machine, ratios
    of CPU time. Slices of 64 tokens read a prompt of 2,600 at the pace of llama.cpp's 512 (8.2 ms
    a token beside a busy core); 48 and 32 take 1.7 times as long (flash attention's tiled kernel
    seems to begin at 64). Without flash attention: 1.27 times. A cache in q8_0 saves 168 of 523 MB
    and takes twice as long. Beside a prompt of 5,900 tokens, "Hi" has its first token after 0.6 to
    0.75 s and its fifth after 2.2 to 3.6 s; with llama.cpp's settings it waited for the whole.

    Nothing of a prompt is kept but what is in the slots' shared context: 523 MB at the start, 536
    after that prompt, twelve other long ones and four short ones, of which 377 are the context
    (16,384 tokens of 23 kB). llama.cpp would keep up to 8 GiB of prompts besides.
    """
    parameters.n_batch = parameters.n_ubatch = 64
    parameters.flash_attn_type = engine.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
    parameters.cache_ram_mib = 0
    parameters.cache_idle_slots = False


async def _keep_open(door: Door, port: int) -> None:
    """Serve until a signal. The supervisor holds the port between two runs of ours."""
    stopped = asyncio.Event()
    for number in _STOP:
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await asyncio.start_server(door.enter, "127.0.0.1", port, reuse_port=True)
    ready()
    await stopped.wait()


def _leave(_server: Any) -> None:
    """End at once, with the server still alive: an ordinary exit would destroy it."""
    os._exit(0)
