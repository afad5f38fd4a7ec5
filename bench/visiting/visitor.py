"""One browser without scripts: it goes wherever links lead, and takes the time of each page."""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

from visiting.links import Leads, shape_of
from visiting.month import TRIALS

_TIMES = 30
_EACH = {"public": 2 * len(TRIALS), "desk": 2}  # addresses of one shape, at most
_OF_PATH = 8  # of them with a query, whatever it asks
_APART = ("/api/", "/v1/", "/static/")
_PATIENCE_MS = 5_000.0
_ENDLESS = 0  # in place of a status
_SLUGS = tuple(trial.slug for trial in TRIALS)


class Visit(Struct, frozen=True):
    """One address. ms: the first time it was asked for, and then thirty times."""

    side: str
    shape: str
    address: str
    status: int
    kb: float
    cold_ms: float
    p50_ms: float
    p95_ms: float

    @property
    def is_file(self) -> bool:
        """Is it a list to take away, as long as what was asked for, and no page?"""
        path = self.address.partition("?")[0]
        return path.endswith((".csv", ".json", ".xml")) or "/save/" in path


class Browser:
    """With a jar of cookies, at one origin."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")
        self._client = httpx.Client(
            base_url=self._base,
            timeout=_PATIENCE_MS / 1000,
            headers={"Origin": self._base, "Sec-Fetch-Site": "same-origin"},
            trust_env=False,
        )

    def sign_in(self, key: str) -> None:
        """At the desk. Raises httpx.HTTPError where it is refused."""
        answer = self._client.post("/enter", data={"key": key})
        if not answer.is_redirect:
            answer.raise_for_status()

    def visits(self, side: str, seen: Callable[[str], None]) -> Iterator[Visit]:
        """Every page that can be come to from `/`; of each shape some (`_EACH`)."""
        waiting, known = [f"{self._base}/"], {f"{self._base}/"}
        shapes: Counter[str] = Counter()
        while waiting:
            address = waiting.pop(0)
            shape = shape_of(address, _SLUGS)
            path, _, query = shape.partition("?")
            shapes.update([shape, *([path + "?"] if query else [])])
            if shapes[shape] > _EACH[side] or (shapes[path + "?"] > _OF_PATH and query):
                continue
            seen(address)
            try:
                visit, leads = self._visit(side, shape, address)
            except httpx.HTTPError as e:
                visit, leads = _unanswered(side, shape, address, e), []
            yield visit
            fresh = [each for each in leads if each not in known and _is_page(each)]
            known.update(fresh)
            waiting += dict.fromkeys(fresh)

    def _visit(self, side: str, shape: str, address: str) -> tuple[Visit, list[str]]:
        cold_ms, answer, text = self._timed(address)
        again = self._again(address)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        return (
            Visit(
                side=side,
                shape=shape,
                address=urlsplit(address)._replace(scheme="", netloc="").geturl(),
                status=answer.status_code if cold_ms < _PATIENCE_MS else _ENDLESS,
                kb=round(len(text) / 1024, 1),
                cold_ms=round(cold_ms, 1),
                p50_ms=round(statistics.median(again), 1),
                p95_ms=round(again[int(0.95 * len(again))], 1),
            ),
            Leads(address, text.decode(errors="replace")).found if is_page else [],
        )

    def _again(self, address: str) -> list[float]:
        """Thirty times, or as often as there is time for."""
        spent: list[float] = []
        while len(spent) < _TIMES and sum(spent) < _PATIENCE_MS:
            spent.append(self._timed(address)[0])
        return sorted(spent)

    def _timed(self, address: str) -> tuple[float, httpx.Response, bytes]:
        """Given up where it does not end in time: a stream of events has no end."""
        before, parts = time.perf_counter(), list[bytes]()
        with self._client.stream("GET", address) as answer:
            for part in answer.iter_bytes():
                parts.append(part)
                if (time.perf_counter() - before) * 1000 > _PATIENCE_MS:
                    break
        return (time.perf_counter() - before) * 1000, answer, b"".join(parts)

    def close(self) -> None:
        self._client.close()


def _unanswered(side: str, shape: str, address: str, error: httpx.HTTPError) -> Visit:
    took = _PATIENCE_MS
    told = f"{urlsplit(address).path} ({type(error).__name__})"
    return Visit(side, shape, told, _ENDLESS, 0.0, took, took, took)


def _is_page(address: str) -> bool:
    return not urlsplit(address).path.startswith(_APART)
