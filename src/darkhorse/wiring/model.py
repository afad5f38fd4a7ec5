"""The model process: llama.cpp's own HTTP server over one GGUF file, on loopback, behind a key.

What llama.cpp prints names the model, so the supervisor sends this process's output to a private
file. `/health` answers without the key; everything else wants it.
"""

import importlib
import os
import signal
from typing import Any
from urllib.parse import urlsplit

from darkhorse.base.errors import ConfigError
from darkhorse.base.settings import ModelSettings
from darkhorse.wiring.child import ready

__all__ = ["FILE_VARIABLE", "KEY_VARIABLE", "URL_VARIABLE", "run"]

FILE_VARIABLE = "DARKHORSE_MODEL_FILE"
KEY_VARIABLE = "DARKHORSE_MODEL_KEY"
URL_VARIABLE = "DARKHORSE_MODEL_URL"

_STOP = {signal.SIGTERM, signal.SIGINT}


def run(settings: ModelSettings) -> None:
    """Serve the model until SIGTERM or SIGINT, then end the process. Raises ConfigError."""
    # Blocked before the engine starts its threads, so that none of them takes the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    path, url, key = (_fact(name) for name in (FILE_VARIABLE, URL_VARIABLE, KEY_VARIABLE))
    engine = _engine()
    server = _serve(engine, _parameters(engine, settings, path, url, key), path)
    ready()
    signal.sigwait(_STOP)
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
            "The embedded model needs xllamacpp: pip install 'darkhorse[model]'."
        ) from None


def _parameters(engine: Any, settings: ModelSettings, path: str, url: str, key: str) -> Any:
    parameters = engine.CommonParams()
    parameters.model.path = path
    parameters.n_ctx = settings.context
    parameters.n_parallel = settings.slots
    parameters.kv_unified = True  # a lone long conversation may use every slot's context
    for threads in (parameters.cpuparams, parameters.cpuparams_batch):
        threads.n_threads = settings.threads
        threads.poll = 0  # no spinning between tokens
    parameters.sampling.temp = 0.2  # the default model's card
    parameters.sampling.top_p = 0.9
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = urlsplit(url).port
    parameters.reuse_port = True  # the supervisor holds the port between two runs of ours
    parameters.api_keys = [key]
    parameters.verbosity = 0
    parameters.warmup = False
    parameters.ui = False
    return parameters


def _serve(engine: Any, parameters: Any, path: str) -> Any:
    """The running server: loaded and listening when this returns."""
    try:
        return engine.Server(parameters)
    except (RuntimeError, ValueError):
        raise ConfigError(
            f"{path}: the engine cannot load this file as a model; "
            "logs/model.log in the data directory says why."
        ) from None


def _leave(_server: Any) -> None:
    """End at once, with the server still alive: an ordinary exit would destroy it."""
    os._exit(0)
