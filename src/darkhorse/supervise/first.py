"""The launch that a first start makes, so that there is something to try at once."""

import json
from importlib.resources import files
from pathlib import Path

from darkhorse.catalog.launch import Launch
from darkhorse.launches import file
from darkhorse.launches.desk import Desk, Reason
from darkhorse.launches.guard import NO_AUDIT
from darkhorse.launches.ratios import HonestLimits
from darkhorse.supervise.model_file import DEFAULT

__all__ = ["needs_model", "open_first"]

_REASON = Reason("darkhorse up", "the first start: something to try at once", (NO_AUDIT,))


def needs_model(launches: list[Launch]) -> bool:
    """Is there, or will there be, a launch that the embedded model answers for?"""
    going = [each for each in launches if each.life.state in ("draft", "live")]
    return not launches or any(each.private.is_embedded for each in going)


def open_first(desk: Desk, model: Path | None, limits: HonestLimits) -> Launch:
    """Create it and go live, with the limits that were measured. Raises ConfigError.

    Without `model` the default one answers, whatever the engine.
    """
    maker, name = _identity(model)
    template = files("darkhorse.supervise").joinpath("first_launch.toml").read_text("utf-8")
    text = template
    for key, value in (
        ("context", str(limits.context)),
        ("max_output", str(limits.max_output)),
        ("maker", json.dumps(maker)),
        ("model", json.dumps(name)),
    ):
        text = text.replace("{" + key + "}", value)
    launch = desk.create(file.parse(text, "the first launch"), _REASON)
    costs = ", ".join(f"{each.kind} {each.native_per_public:.2f}" for each in limits.ratios.kinds)
    detail = f"embedded: native per public: {costs}; native context {limits.native_context:,}"
    return desk.go_live(launch, _REASON, detail=detail)


def _identity(model: Path | None) -> tuple[str, str]:
    """Maker and real name, for the private side."""
    if model is None or model.name == DEFAULT.file:
        return "Hugging Face", "SmolLM2-135M-Instruct"
    return "unstated maker", model.stem
