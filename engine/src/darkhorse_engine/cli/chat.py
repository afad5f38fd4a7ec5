"""`darkhorse-engine chat`: a conversation in the terminal, or one answer for a script."""

import json
import secrets
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import click

from darkhorse_engine.cli.opening import Opened, model_options, open_model, told
from darkhorse_engine.engine import Engine, Refused
from darkhorse_engine.sampling import Sampling, SamplingError
from darkhorse_engine.sequence import Request
from darkhorse_engine.server.answer import Piece, Reader

__all__ = ["chat"]

_ME, _THOUGHTS = "> ", "bright_black"


@click.command()
@model_options
@click.option("--prompt", help="Answer this and leave; '-' reads it from stdin.")
@click.option("--system", help="What the model is told first.")
@click.option(
    "--max-tokens", type=click.IntRange(1), default=512, show_default=True, help="Of one answer."
)
@click.option("--temperature", type=click.FloatRange(0, 2), help="Without: as recommended, or 1.")
@click.option("--seed", type=int, help="The same answer again.")
@click.option("--think/--no-think", default=True, help="Where the model can be told.")
@click.option("--memory-mib", type=click.IntRange(1), default=1024, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="With --prompt: the answer and its cost.")
def chat(
    prompt: str | None,
    system: str | None,
    max_tokens: int,
    temperature: float | None,
    seed: int | None,
    memory_mib: int,
    *,
    think: bool,
    as_json: bool,
    **how: Any,
) -> None:
    """Talk to MODEL (a directory or a GGUF; without: SmolLM2-135M-Instruct, lifted)."""
    if as_json and prompt is None:
        raise click.UsageError("--json is for one answer: give --prompt too.")
    opened = open_model(**how)
    own = {"temperature": temperature, "seed": seed}
    given = {name: value for name, value in own.items() if value is not None}
    try:
        engine = Engine(opened.model, memory=memory_mib << 20, slots=1, seeds=_seed)
        sampling = Sampling(**{**opened.sampling, **given})
    except (SamplingError, ValueError) as e:
        raise click.ClickException(str(e)) from None
    talk = _Talk(opened, engine, sampling, max_tokens, thinks=think)
    if system:
        talk.messages.append({"role": "system", "content": system})
    if prompt is not None:
        _once(talk, sys.stdin.read() if prompt == "-" else prompt, as_json=as_json)
        return
    click.echo("An empty line ends it.", err=True)
    while said := _asked():
        talk.say(said, is_shown=True)
        click.echo("\n")


def _asked() -> str:
    """What is said next; nothing at the end of stdin, or at Ctrl-C."""
    try:
        return str(click.prompt("", default="", show_default=False, prompt_suffix=_ME))
    except click.Abort:
        click.echo()
        return ""


@dataclass
class _Talk:
    """A conversation; its messages are in OpenAI's shape."""

    opened: Opened
    engine: Engine
    sampling: Sampling
    max_tokens: int
    thinks: bool
    messages: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str, *, is_shown: bool) -> Piece:
        """The last piece of the answer, which joins the conversation."""
        self.messages.append({"role": "user", "content": text})
        pieces = self._pieces(is_shown=is_shown)
        thoughts = "".join(piece.thoughts for piece in pieces)
        answer = {"role": "assistant", "content": "".join(piece.text for piece in pieces)}
        self.messages.append({**answer, **({"reasoning_content": thoughts} if thoughts else {})})
        return pieces[-1]

    def _pieces(self, *, is_shown: bool) -> list[Piece]:
        # What was thought stays, so that the conversation so far is found in the cache.
        options = {"enable_thinking": self.thinks, "clear_thinking": False}
        words = self.opened.chat
        with told():
            prompt = words.prompt(self.messages, options=options)
        request = Request(
            prompt=prompt.ids,
            sampling=self.sampling,
            max_tokens=self.max_tokens,
            stop_ids=words.tokenizer.stop_ids,
        )
        try:
            self.engine.add(request)
        except Refused as e:
            raise click.ClickException(str(e)) from None
        reader = Reader(
            words.tokenizer,
            words.parser(prompt),
            stops=(),
            new_call_id=str,
            is_thinking=prompt.is_thinking,
        )
        return self._read(reader, is_shown=is_shown)

    def _read(self, reader: Reader, *, is_shown: bool) -> list[Piece]:
        pieces: list[Piece] = []
        while self.engine.is_busy:
            for delta in self.engine.step():
                pieces.append(reader.feed(delta.tokens))
                if delta.error:
                    raise click.ClickException(delta.error)
                if delta.finish:
                    pieces.append(reader.close(delta.finish, delta.usage))
                if is_shown:
                    _show(pieces[-1])
        return pieces


def _show(piece: Piece) -> None:
    if piece.thoughts:
        click.secho(piece.thoughts, fg=_THOUGHTS, nl=False)
    click.echo(piece.text, nl=False)
    sys.stdout.flush()


def _once(talk: _Talk, prompt: str, *, as_json: bool) -> None:
    began = time.perf_counter()
    last = talk.say(prompt, is_shown=not as_json)
    seconds = time.perf_counter() - began
    if not as_json:
        click.echo()
        return
    usage = last.usage
    facts = {
        **talk.messages[-1],
        "finish": last.finish,
        "prompt_tokens": usage.prompt if usage else 0,
        "completion_tokens": usage.generated if usage else 0,
        "seconds": round(seconds, 3),
    }
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2))


def _seed() -> int:
    return secrets.randbits(63)
