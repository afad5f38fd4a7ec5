"""The keeper process: follows the journal and folds it into facts."""

import logging
import signal
from pathlib import Path

from darkhorse.base.errors import ConfigError, whereabouts
from darkhorse.storage.ledger.facts import FACTS_FILE, open_facts
from darkhorse.storage.ledger.fold import Fold
from darkhorse.wiring import logs
from darkhorse.wiring.child import ready

__all__ = ["run"]

_EVERY_S = 0.2
_LONGEST_PAUSE_S = 30.0  # between two tries while folding fails
_STOP = (signal.SIGTERM, signal.SIGINT)

_log = logging.getLogger(__name__)


def run(data_dir: Path) -> None:
    """Fold until SIGTERM or SIGINT, then once more. Raises ConfigError."""
    logs.configure("keeper")
    # Blocked and waited for: a handler could fire in the middle of a fold.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    engine = open_facts(data_dir / FACTS_FILE)
    try:
        _follow(Fold(engine, data_dir / "journal"))
    finally:
        engine.dispose()


def _follow(fold: Fold) -> None:
    pause, serving, stopping = _EVERY_S, False, False
    while True:
        if _try(fold, serving=serving):
            pause, serving = _EVERY_S, True
            ready()
        else:
            pause = min(2 * pause, _LONGEST_PAUSE_S)
        if stopping:
            return
        stopping = signal.sigtimedwait(_STOP, pause) is not None


def _try(fold: Fold, *, serving: bool) -> bool:
    """False if it failed: nothing is lost, the next try starts from the same place.

    The operator's mistake is raised at the start, when somebody looks.
    """
    try:
        fold.catch_up()
    except Exception as e:
        if isinstance(e, ConfigError) and not serving:
            raise
        # Any other exception's text may hold a row, and a row names the endpoint.
        why = str(e) if isinstance(e, ConfigError) else whereabouts(e)
        _log.error("The journal cannot be folded into facts (%s); it is tried again.", why)
        return False
    return True
