"""Tiny models for the tests of the engine, and the slow way to an answer to compare it with."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

import torch
from torch import Tensor

from darkhorse_engine.cache import PAGE, Pages, Step, Table, bytes_per_token
from darkhorse_engine.config import Config
from darkhorse_engine.engine import Engine
from darkhorse_engine.model import Model
from darkhorse_engine.sampling import Sampler
from darkhorse_engine.sequence import Delta, Request

VOCABULARY = 64


@cache
def tiny(seed: int = 0) -> Model:
    """Random, float32, with experts, a shared indexer, an MTP block, and 16 picks."""
    config = replace(
        Config.preset("tiny"),
        vocab_size=VOCABULARY,
        hidden_size=32,
        num_hidden_layers=3,
        indexer_types=(True, False, True),
        max_position_embeddings=1024,
    )
    return Model.random(config, seed)


def engine_of(model: Model, *, pages: int = 64, **options: object) -> Engine:
    """With a cache of so many pages."""
    config = model.config
    if not options.get("drafts"):
        config = replace(config, num_nextn_predict_layers=0)
    size = PAGE * bytes_per_token(config, torch.float32)
    return Engine(model, memory=pages * size, **options)


def prompt(length: int, seed: int = 0) -> list[int]:
    source = torch.Generator().manual_seed(seed)
    return torch.randint(0, VOCABULARY, (length,), generator=source).tolist()


def run(engine: Engine) -> Iterator[Delta]:
    """To the end; after every step the pages are where they should be."""
    while engine.is_busy:
        yield from engine.step()
        engine.check_pages()


def answers(engine: Engine, requests: Iterable[Request]) -> list[list[int]]:
    """What is said to each, its last token included where it stopped there."""
    said = {engine.add(request): [] for request in requests}
    for delta in run(engine):
        assert delta.error is None, delta.error
        said[delta.id] += [sampled.token for sampled in delta.tokens]
    return list(said.values())


def logits_at_once(model: Model, tokens: Sequence[int]) -> Tensor:
    """(tokens, vocabulary), with nothing cached."""
    pages, table = _fresh(model, len(tokens))
    step = Step.of(pages, [(table, 0, len(tokens))])
    return model.logits(model(torch.tensor(tokens), step))


def slow_answer(model: Model, request: Request) -> list[int]:
    """Everything is read again for every token."""
    tokens = list(request.prompt)
    sampler = Sampler(request.sampling, seed=0, prompt=tokens, constraint=request.constraint)
    for _ in range(request.max_tokens or 1):
        token = sampler.choose(logits_at_once(model, tokens)[-1]).token
        if token in request.stop_ids:
            break
        tokens.append(token)
        sampler.accept(token)
    return tokens[len(request.prompt) :]


def rows_at_once(model: Model, tokens: Sequence[int]) -> list[Tensor]:
    """What every layer should remember of all `tokens` but the last, the MTP block included."""
    length = len(tokens) - 1
    pages, table = _fresh(model, length)
    step = Step.of(pages, [(table, 0, length)])
    hidden = model(torch.tensor(tokens[:-1]), step)
    model.draft(torch.tensor(tokens[1:]), hidden, step)
    return rows(pages, table, length)


def drafts_at_once(model: Model, tokens: Sequence[int], count: int) -> list[int]:
    """The likeliest `count` guesses at what follows `tokens`, nothing being cached before."""
    length = len(tokens) - 1
    pages, table = _fresh(model, length + count)
    step = Step.of(pages, [(table, 0, length)])
    state = model.draft(torch.tensor(tokens[1:]), model(torch.tensor(tokens[:-1]), step), step)[-1:]
    drafts: list[int] = []
    while len(drafts) < count:
        drafts.append(int(model.logits(state).argmax()))
        step = Step.of(pages, [(table, length + len(drafts) - 1, 1)])
        state = model.draft(torch.tensor(drafts[-1:]), state, step)
    return drafts


def rows(pages: Pages, table: Table, length: int) -> list[Tensor]:
    """Of the first tokens: for each layer latents, then index keys."""
    slots = table.slots[:length]
    return [held[slots] for held in [*pages.latents, *pages.index_keys.values()]]


def _fresh(model: Model, length: int) -> tuple[Pages, Table]:
    count = -(-length // PAGE)
    table = Table()
    table.extend(range(count))
    return Pages(model.config, count, torch.float32), table
