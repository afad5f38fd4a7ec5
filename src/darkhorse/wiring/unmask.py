"""What `unmask` needs of the house: a library, a door, a file for its answers, the record."""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, structs

from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import Dialect
from darkhorse.attribution.client.door import Door, Spent
from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.attribution.interview import HELLO, SPENT, Interview, OnTick, is_settled
from darkhorse.attribution.judging import SIGNALS
from darkhorse.attribution.keeping import Kept, Run, as_run, finished
from darkhorse.attribution.knocking import bases_of, knock
from darkhorse.attribution.library.library import Library, unpack
from darkhorse.attribution.manners import Manners
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.pace import Pace, Rest
from darkhorse.attribution.plan import Plan, planned
from darkhorse.attribution.signal import Budget
from darkhorse.attribution.verdict import Case
from darkhorse.base.chance import Draw, seeded_draw
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.upstream.http11 import Address

__all__ = [
    "SHIPPED",
    "Order",
    "Prepared",
    "ask_all",
    "checked",
    "kept_path",
    "newest_of_each",
    "of_run",
    "open_library",
    "prepare",
    "spent_on",
]

SHIPPED = Path(__file__).parent.parent / "attribution" / "library" / "known.msgpack.zst"
"""The library that comes with Darkhorse."""
_FOLDER = "unmask"
_PATIENCE_S = 180.0  # models that think take their time
_MOST_BYTES = 4 << 20  # of one answer: more is no answer to what we ask
_SEEDS = 2**53


class Order(Struct, frozen=True, kw_only=True):
    """Whom to ask, and how much."""

    url: str
    model: str
    key: Secret = Secret("")
    key_name: str = "DARKHORSE_UNMASK_KEY"  # where the key came from
    budget: Budget = "standard"
    dialect: Dialect = "chat"
    limit_name: str = ""  # the API's word for max_tokens; empty: found out
    at_once: int = 4


class Prepared(Struct, frozen=True):
    """A run that can begin, or go on."""

    order: Order
    kept: Kept
    plan: Plan

    @property
    def answered(self) -> frozenset[str]:
        """Probes that need not be asked again."""
        seen = self.kept.seen
        return frozenset(each.probe for each in seen if is_settled(each.status, each.problem))


def open_library(path: Path | None) -> Library:
    """Open this one, or the shipped one. Raises ConfigError."""
    try:
        return unpack(path or SHIPPED)
    except OSError as e:
        raise ConfigError(
            f"{path or SHIPPED}: cannot be read ({e.strerror}); `darkhorse unmask learn` makes one."
        ) from None
    except ValueError as e:
        raise ConfigError(f"{e}; `darkhorse unmask learn` makes one.") from None


def checked(order: Order) -> Order:
    """Raises ConfigError for what could not be sent."""
    if not re.fullmatch(r"[!-~]{1,2000}", order.url):
        raise ConfigError("URL must be printable ASCII without blanks; a host in its xn-- form.")
    try:
        Address.parse(order.url)
    except ConfigError as e:
        raise ConfigError(f"URL: {e}") from None
    if not re.fullmatch(r"[!-~]*", order.key.reveal()):
        raise ConfigError(f"{order.key_name} holds something that no key is; set it anew.")
    if not order.model.strip():
        raise ConfigError("Name the model as the API does, with --model.")
    return order


def prepare(order: Order, known: Library, path: Path, *, clock: Clock, draw: Draw) -> Prepared:
    """Opens the file of answers and draws the questions, the same as before where it goes on.

    Raises ConfigError.
    """
    run = Run(
        url=order.url,
        model=order.model,
        budget=order.budget,
        dialect=order.dialect,
        seed=int(draw() * _SEEDS),
        library=known.version,
        at=clock.now_us() // 1_000_000,
    )
    kept = Kept(path, run)
    plan = planned(SIGNALS, order.budget, seeded_draw(kept.run.seed), known)
    return Prepared(order, kept, plan)


def kept_path(data: Path, order: Order, clock: Clock) -> Path:
    """Where answers are kept: the newest run of this order that was cut, or a new file."""
    folder = data / _FOLDER
    host = Address.parse(order.url)[0].host
    name = re.sub(r"[^A-Za-z0-9.]+", "-", f"{host}-{order.model}").strip("-.")[:100]
    for path in sorted(folder.glob(f"{name}-*.jsonl"), reverse=True):
        if not finished(path) and _is_of(path, order):
            return path
    day = datetime.fromtimestamp(clock.now_us() / 1e6, UTC).strftime("%Y%m%d")
    stem = folder / f"{name}-{day}"
    others = (Path(f"{stem}-{number}.jsonl") for number in range(2, 10_000))
    return next(path for path in (Path(f"{stem}.jsonl"), *others) if not path.exists())


def _is_of(path: Path, order: Order) -> bool:
    try:
        with path.open("rb") as file:
            run = as_run(file.readline(65_536))
    except OSError:
        return False
    wanted = (order.url, order.model, order.budget, order.dialect)
    return run is not None and (run.url, run.model, run.budget, run.dialect) == wanted


async def ask_all(
    order: Order,
    plan: Plan,
    *,
    clock: Clock,
    draw: Draw,
    on_seen: Callable[[Observation], None],
    on_tick: OnTick = lambda _: None,
    answered: frozenset[str] = frozenset(),
    spent: Spent | None = None,
    on_spent: Callable[[Spent], None] = lambda _: None,
    connect_to: str = "",
    rest: Rest = asyncio.sleep,
) -> str:
    """Ask what was planned; why it ended early, empty where all was asked.

    `connect_to`: the address behind the URL's host, where somebody has looked it up. Raises
    ConfigError where the door never opened. A failing `on_seen` ends it with that error.
    """
    spent = spent or Spent()
    if answered.issuperset(probe.name for probe in plan.probes):
        return ""
    if spent.calls >= plan.bounds.calls:
        return f"{SPENT} of {plan.bounds.calls:,} calls is spent"
    pace = Pace(order.at_once, clock, draw, rest)
    manners = Manners(order.limit_name)

    def at_door(door: Door) -> Interview:
        return Interview(
            door,
            clock=clock,
            pace=pace,
            bounds=plan.bounds,
            manners=manners,
            on_seen=on_seen,
            on_tick=on_tick,
            spent=spent,
            on_spent=on_spent,
        )

    async def say_hello(door: Door) -> Answer:
        return await at_door(door).hello(is_new=HELLO.name not in answered)

    def door_at(base: str) -> Door:
        return _door(order, base, clock, connect_to)

    opened = await knock(bases_of(order.url), door_at, say_hello, order.key_name)
    interview = at_door(opened.door)
    await interview.run(plan, answered)
    return interview.ended


def _door(order: Order, base: str, clock: Clock, connect_to: str) -> Door:
    return Door(
        "raw",
        base,
        order.key,
        order.model,
        clock=clock,
        dialects=(order.dialect,),
        patience_s=_PATIENCE_S,
        tries=1,
        most_bytes=_MOST_BYTES,
        connect_to=connect_to,
        to_the_close=False,
        hide_key=True,
    )


def newest_of_each(seen: Sequence[Observation]) -> list[Observation]:
    """Without what was asked again later: a probe's last answer counts."""
    last = {each.probe: place for place, each in enumerate(seen) if each.probe}
    return [each for place, each in enumerate(seen) if last.get(each.probe, place) == place]


def of_run(case: Case, order: Order, spent: Spent, told: Sequence[str], seconds: float) -> Case:
    """A case with who was asked, what it cost, and what the run itself found."""
    return structs.replace(
        case,
        subject=f"{order.model} at {order.url}",
        findings=(*case.findings, *told),
        calls=spent.calls,
        tokens=spent.tokens,
        seconds=round(seconds, 1),
        budget=order.budget,
    )


def spent_on(kept: Kept) -> Spent:
    """What a kept file says was spent; one of an older version says it only of what it holds."""
    texts = (text for each in kept.seen for text in _texts(each))
    tokens = sum(map(public_tokens, texts))
    return Spent(max(kept.noted.calls, len(kept.seen)), max(kept.noted.tokens, tokens))


def _texts(seen: Observation) -> list[str]:
    return [*(turn.text for turn in seen.prompt), seen.text, seen.reasoning]
