"""From what was seen to the figures that are printed."""

import time
from typing import Any

from day import checking
from day.checking import Found
from day.house import House
from day.traffic import Totals, own_cpu_s

_PARTS = 10


class Curve:
    """What a request costs relay and keeper, from the first tenth of the run to the last."""

    def __init__(self, house: House, requests: int) -> None:
        self._house = house
        self._each = max(1, requests // _PARTS)
        self._answered = 0
        self._driver_s = own_cpu_s()
        self._began = house.cpu_s()
        self._last = self._began
        self._last_at = time.perf_counter()
        self.tenths: list[dict[str, float]] = []

    def step(self) -> None:
        """One more answer."""
        self._answered += 1
        if self._answered % self._each == 0:
            self._note()

    def _note(self) -> None:
        now, at = self._house.cpu_s(), time.perf_counter()
        cost = {
            f"{name}_us": round((now[name] - self._last[name]) / self._each * 1e6)
            for name in ("relay", "keeper")
        }
        rate = round(self._each / (at - self._last_at), 1)
        unpacked = round(checking.unpacked_bytes(self._house.data) / 1e6, 1)
        self.tenths.append(cost | {"requests_per_s": rate, "journal_mb": unpacked})
        self._last, self._last_at = now, at

    def end(self) -> dict[str, Any]:
        """CPU by process at the moment of the last answer; the keeper may have more to do."""
        now = self._house.cpu_s()
        spent = {name: round(now[name] - self._began[name], 2) for name in now}
        return {
            "cpu_s": {**spent, "driver": round(own_cpu_s() - self._driver_s, 2)},
            "tenths": self.tenths,
        }


def add_up(house: House, totals: Totals, costs: dict[str, Any], found: Found) -> dict[str, Any]:
    """The rest of the printed object."""
    parts = checking.stored_bytes(house.data)
    raw, stored = totals.request_bytes + totals.answer_bytes, sum(parts.values())
    counted = checking.counted(house.data)
    return {
        "requests": totals.requests,
        "wrong": totals.wrong,
        **({"first_wrong": totals.first_wrong} if totals.wrong else {}),
        "lost": found.lost,
        "compared": found.compared,
        "different": found.different,
        "wall_s": round(totals.wall_s, 1),
        "requests_per_s": round(totals.requests / totals.wall_s, 1),
        "mb_per_s": round(totals.request_bytes / totals.wall_s / 1e6, 1),
        "raw_bytes": raw,
        "stored_bytes": stored,
        "stored_by_part": parts,
        "stored_ratio": round(stored / raw, 5),
        "stored_bytes_per_mtok": round(stored / (raw / 4 / 1e6)),
        "redundancy": round(counted["redundancy"], 4),
        "generations": counted["generations"],
        "restarted": house.restarted(),
        "peak_rss_mb": house.peak_rss_mb(),
        "keeper_cpu_s_at_end": round(house.cpu_s()["keeper"], 2),
        **costs,
    }
