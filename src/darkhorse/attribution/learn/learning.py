"""From rows and tables to a library; the same input gives the same file, byte for byte."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from msgspec import structs

from darkhorse.attribution.labs import base_of, names_of, title_of
from darkhorse.attribution.learn.behaviour import learn_behaviour
from darkhorse.attribution.learn.calibration import calibrate
from darkhorse.attribution.learn.calibration_drawing import draw_trials, endpoints_of, groups_of
from darkhorse.attribution.learn.calibration_scored import false_rates
from darkhorse.attribution.learn.calibration_trials import Trial
from darkhorse.attribution.learn.counts import learn_counts
from darkhorse.attribution.learn.gathering import Gathered, gather
from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.learn.sources import described, sources_of
from darkhorse.attribution.learn.style import LearntStyle, learn_style
from darkhorse.attribution.library.calibration import Calibration
from darkhorse.attribution.library.library import Lab, Library, Model, Source, pack
from darkhorse.base.chance import seeded_draw
from darkhorse.base.errors import ConfigError

__all__ = ["Learnt", "learn", "learn_files"]

OnProgress = Callable[[str, int, int], None]
_SEED = 7  # of the trials: the same ones every time
_VERSION = 12  # hex digits
Learnt = tuple[Library, Gathered]


def learn_files(paths: Sequence[Path], sources: Path, on_progress: OnProgress) -> Learnt:
    """A library of these files, each described in `sources`. Raises ConfigError."""
    origins = sources_of(described(sources), paths, sources.name)
    gathered = gather(paths, on_progress)
    rows = gathered.counted
    told = [structs.replace(origins[path], rows=rows.get(path, 0)) for path in sorted(origins)]
    return learn(gathered, told, on_progress), gathered


def learn(gathered: Gathered, sources: Sequence[Source], on_progress: OnProgress) -> Library:
    """Counts, style and behaviour of the rows' models, and how sure that makes one."""
    if not gathered.rows and gathered.probes is None:
        raise ConfigError("There is nothing to learn from: name files of answers or of counts.")
    rows = gathered.rows
    on_progress("token counts", 0, 0)
    counts = learn_counts(rows, probes=gathered.probes, prompts=gathered.prompts)
    models = _models(rows, counts.families)
    library = Library(
        labs=_labs(models),
        models=models,
        sources=tuple(sources),
        counts=counts,
        behaviour=learn_behaviour(rows, lambda done: on_progress("behaviour", done, len(rows))),
    )
    style = learn_style(rows, groups_of(library), on_progress)
    library = structs.replace(library, style=style.style)
    library = structs.replace(library, calibration=_calibrated(rows, library, style, on_progress))
    return structs.replace(library, version=_version(library))


def _calibrated(
    rows: Sequence[Row], library: Library, style: LearntStyle, on_progress: OnProgress
) -> Calibration:
    """How sure the library makes one, from its own answers with labs left out in turn."""
    about = len({model for model, _ in endpoints_of(rows)})
    trials: list[Trial] = []
    seen: set[str] = set()
    for trial in draw_trials(rows, library, style, seeded_draw(_SEED)):
        trials.append(trial)
        seen.add(trial.model)
        on_progress("trials", len(seen), about)
    found = calibrate(trials, told=lambda what: on_progress(what, 0, 0))
    if not found.labs:
        return found
    on_progress("how often strangers are named", 0, 0)
    return structs.replace(found, false_rates=false_rates(trials))


def _models(rows: Sequence[Row], families: Mapping[str, str]) -> tuple[Model, ...]:
    names = sorted({row.model for row in rows})
    labs = {name.partition("/")[0] for name in names}
    return tuple(
        Model(
            name=name,
            lab=name.partition("/")[0],
            family=families.get(name, ""),
            base=_base(name, labs),
        )
        for name in names
    )


def _base(model: str, labs: Collection[str]) -> str:
    """As these data call that lab."""
    base = base_of(model)
    return next((lab for lab in sorted(labs) if lab in names_of(base)), base) if base else ""


def _labs(models: Sequence[Model]) -> tuple[Lab, ...]:
    return tuple(
        Lab(
            name=lab,
            title=title_of(lab),
            families=tuple(sorted({m.family for m in models if m.lab == lab and m.family})),
        )
        for lab in sorted({model.lab for model in models})
    )


def _version(library: Library) -> str:
    return hashlib.sha256(pack(library)).hexdigest()[:_VERSION]
