"""`darkhorse-engine serve`: the composition of a server, and what its supervisor is told."""

import asyncio
import os
import secrets
import socket
import time
from typing import Any

import click

from darkhorse_engine.cli.opening import Opened, model_options, open_model
from darkhorse_engine.engine import Engine
from darkhorse_engine.grammar import Compiler
from darkhorse_engine.server import supervised
from darkhorse_engine.server.asking import Model
from darkhorse_engine.server.serving import bound
from darkhorse_engine.server.serving import serve as serve_http

__all__ = ["serve"]

_ID_BYTES = 12
_PATIENCE = 2


@click.command()
@model_options
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True)
@click.option("--key-env", metavar="NAME", help="A variable that holds the key. Without: no key.")
@click.option("--name", help="What answers call the model. Without: by its file.")
@click.option("--memory-mib", type=click.IntRange(1), default=1024, show_default=True)
@click.option("--context", type=click.IntRange(1), help="Tokens of one conversation, at most.")
@click.option("--slots", type=click.IntRange(1), default=4, show_default=True)
@click.option("--queue", type=click.IntRange(0), default=64, show_default=True)
@click.option("--budget", type=click.IntRange(1), default=256, show_default=True)
@click.option("--drafts", type=click.IntRange(0), default=0, show_default=True)
def serve(
    host: str,
    port: int,
    key_env: str | None,
    name: str | None,
    queue: int,
    memory_mib: int,
    context: int | None,
    slots: int,
    budget: int,
    drafts: int,
    **how: Any,
) -> None:
    """Serve MODEL to OpenAI's clients, at http://HOST:PORT/v1.

    MODEL is a directory or a GGUF; without, SmolLM2-135M-Instruct is served, lifted.

    Of the cache, --memory-mib are set aside. --slots sequences run at once and --queue wait; a step
    reads --budget tokens of prompts, and an MTP block guesses --drafts tokens.
    """
    try:
        key = _key(key_env)
        sock = _socket(host, port)
        opened = open_model(**how)
        engine = _engine(
            opened,
            memory=memory_mib << 20,
            context=context,
            slots=slots,
            budget=budget,
            drafts=drafts,
        )
        model = _model(opened, engine, name)
    except click.ClickException as e:
        supervised.failed(e.message)
        raise
    number = sock.getsockname()[1]

    def on_listening() -> None:
        supervised.ready()
        click.echo(f"{model.name}: http://{host}:{number}/v1")
        click.echo(f"a conversation may have {engine.context:,} tokens", err=True)

    serving = serve_http(
        model,
        engine,
        sock,
        key=key,
        most=slots + queue,
        clock=time.time,  # noqa: TID251 a date for clients, where everything is put together
        new_id=_new_id,
        on_listening=on_listening,
    )
    raise SystemExit(0 if asyncio.run(serving) else 1)


def _key(variable: str | None) -> str | None:
    key = os.environ.get(variable) if variable else None
    if variable and not key:
        raise click.ClickException(f"--key-env: {variable} is not set, or empty.")
    return key


def _socket(host: str, port: int) -> socket.socket:
    try:
        sock = bound(host, port)
    except OSError as e:
        raise click.ClickException(f"{host}:{port} cannot be had: {e.strerror}.") from None
    if port and _is_answered(host, port):
        sock.close()
        raise click.ClickException(f"{host}:{port} is taken; name another --port, or 0 for any.")
    return sock


def _is_answered(host: str, port: int) -> bool:
    """Does another server listen there? Ports are shared, so that binding does not tell."""
    try:
        socket.create_connection((host, port), timeout=_PATIENCE).close()
    except OSError:
        return False
    return True


def _engine(opened: Opened, **how: Any) -> Engine:
    try:
        return Engine(opened.model, **how, clock=time.perf_counter, seeds=_seed)
    except ValueError as e:
        raise click.ClickException(str(e)) from None


def _model(opened: Opened, engine: Engine, name: str | None) -> Model:
    return Model(
        name=name or opened.name,
        chat=opened.chat,
        compiler=Compiler(opened.chat.tokenizer, opened.model.config.vocab_size),
        context=engine.context,
        new_call_id=lambda: f"call_{_new_id()}",
        defaults=opened.sampling,
    )


def _seed() -> int:
    return secrets.randbits(63)


def _new_id() -> str:
    return secrets.token_hex(_ID_BYTES)
