"""The engine in a thread of its own: requests come in from any thread, deltas go to listeners."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

from darkhorse_engine.engine import Engine, Stats
from darkhorse_engine.sequence import Delta, Request, Sequence

__all__ = ["Listener", "Runner"]

Listener = Callable[[Delta], None]
"""Called in the engine's thread: it has to be quick, and must not raise."""


class Runner:
    """What a server talks to.

    `on_crash` is called in the engine's thread, the last thing that happens there, where the model
    itself failed and nobody can be served any more.
    """

    def __init__(self, engine: Engine, on_crash: Callable[[BaseException], None]) -> None:
        self._engine = engine
        self._on_crash = on_crash
        self._inbox: SimpleQueue[Sequence | int | None] = SimpleQueue()
        """A sequence to serve, the number of one to cancel, or None: stop."""
        self._listeners: dict[int, Listener] = {}
        self._thread = Thread(target=self._live, name="engine", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float | None = None) -> None:
        """After the step that is running. Those who are not done hear nothing more."""
        self._inbox.put(None)
        self._thread.join(timeout)

    def submit(self, request: Request, listener: Listener) -> int:
        """The id that its deltas carry. Raises Refused."""
        sequence = self._engine.sequence(request)
        self._listeners[sequence.id] = listener
        self._inbox.put(sequence)
        return sequence.id

    def cancel(self, number: int) -> None:
        """After the step that is running; its listener is not called for a later one."""
        self._listeners.pop(number, None)
        self._inbox.put(number)

    @property
    def open(self) -> int:
        """Requests that are not done, those included that the engine has not seen yet."""
        return len(self._listeners)

    @property
    def stats(self) -> Stats:
        return self._engine.stats

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _live(self) -> None:
        try:
            while self._read_inbox():
                for delta in self._engine.step():
                    self._tell(delta)
        except BaseException as error:  # noqa: BLE001 - whatever it is, someone has to hear of it
            self._on_crash(error)

    def _read_inbox(self) -> bool:
        """Everything that is in it, waiting for something where there is no work; go on?"""
        while not (self._engine.is_busy and self._inbox.empty()):
            item = self._inbox.get()
            if item is None:
                return False
            if isinstance(item, Sequence):
                self._engine.put(item)
            else:
                self._engine.cancel(item)
        return True

    def _tell(self, delta: Delta) -> None:
        listener = self._listeners.get(delta.id)
        if delta.finish:
            self._listeners.pop(delta.id, None)
        if listener is not None:
            listener(delta)
