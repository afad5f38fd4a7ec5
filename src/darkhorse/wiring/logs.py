"""Logging, the same for every process: one line an event on stderr, nothing private in it."""

import logging
import sys
from types import TracebackType

from darkhorse.base.settings import LogSettings
from darkhorse.wiring.log_form import entry_of, json_line, said, text_line
from darkhorse.wiring.log_writer import LineWriter

__all__ = ["configure", "dropped"]

_STDERR = 2
_FORMS = {"json": json_line, "text": text_line}
_log = logging.getLogger(__name__)


def configure(process: str, settings: LogSettings) -> None:
    """Every line of this process names it; libraries speak up only from warnings on.

    Nothing that logs waits for stderr. What is still to be written at the end is, for a moment.
    """
    handler = _Lines(process, settings)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("darkhorse").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    sys.excepthook = _last_words


def dropped() -> int:
    """Lines of this process that nobody took in time."""
    handlers = logging.getLogger().handlers
    return sum(each.writer.dropped for each in handlers if isinstance(each, _Lines))


class _Lines(logging.Handler):
    def __init__(self, process: str, settings: LogSettings) -> None:
        super().__init__()
        render = _FORMS[settings.format](process)
        self.writer = LineWriter(_STDERR, render, _confession)

    def emit(self, record: logging.LogRecord) -> None:
        self.writer.put(entry_of(record))

    def close(self) -> None:
        self.writer.close()
        super().close()


def _confession(lines: int) -> logging.LogRecord:
    message = f"{lines} log lines were dropped: stderr took none"
    return said(__name__, logging.WARNING, message, dropped=lines)


def _last_words(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """An exception that ends the process, told like every other: without its text."""
    del kind
    if not isinstance(error, KeyboardInterrupt):
        _log.critical("stopped by an error", exc_info=(type(error), error, trace))
