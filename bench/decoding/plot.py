"""The plot: milliseconds a token against the tokens before it, both in powers."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from decoding.telling import Costs

__all__ = ["draw"]

_STYLES = {
    "ours int4": ("#1b6ca8", "-", "o"),
    "ours int8": ("#6fa8d6", "-", "o"),
    "ours int4, dense": ("#1b6ca8", ":", "s"),
    "llama.cpp": ("#d1495b", "-", "^"),
    "llama.cpp, fa off": ("#d1495b", "--", "^"),
    "transformers bf16": ("#2e933c", "-", "v"),
    "transformers fp32": ("#2e933c", "--", "v"),
}


def draw(costs: Costs, path: Path, note: str) -> None:
    """An SVG that is the same for the same numbers."""
    with mpl.rc_context({"svg.hashsalt": "speed", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(7.6, 4.6), layout="constrained")
        axes = figure.subplots()
        for series, by in sorted(costs.items(), key=lambda item: -max(item[1].values())):
            colour, line, mark = _STYLES[series]
            axes.plot(by.keys(), by.values(), line, color=colour, marker=mark, ms=4, label=series)
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        contexts = sorted({context for by in costs.values() for context in by})
        axes.set_xticks(contexts, [_short(context) for context in contexts])
        axes.yaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
        axes.grid(color="#dddddd")
        axes.set_axisbelow(True)
        axes.set_xlabel(f"tokens before the decoded one\n{note}")
        axes.set_title("CPU milliseconds a token, SmolLM2-135M", loc="left", weight="bold")
        axes.legend(frameon=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def _short(context: int) -> str:
    if context % 1000 == 0:
        return f"{context // 1000}K"
    return f"{context // 1024}K" if context >= 1024 else str(context)
