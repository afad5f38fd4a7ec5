"""Who is at the operator's desk: sessions, and links that open it once. Never a secret itself."""

from typing import Literal, Protocol

from msgspec import Struct

__all__ = ["DeskSession", "DeskStore"]


class DeskSession(Struct, frozen=True, kw_only=True):
    """A browser that has come in. Times in microseconds since the epoch."""

    id: str  # SHA-256 of its cookie, hex
    made_us: int
    used_us: int
    by: Literal["link", "key"]
    key: str = ""  # hash of the key it came in with
    label: str = ""  # that key's label, then
    browser: str = ""  # a stranger's words: User-Agent, as it came

    @property
    def who(self) -> str:
        """For the record of what it does."""
        if self.by == "link":
            return "desk: link"
        return f"desk: {self.label[:150] or 'key ' + self.key[:8]}"


class DeskStore(Protocol):
    """Blocks on the disk; safe from several threads and processes."""

    def add_link(self, link: str, until_us: int) -> None:
        """A link by the hash of its token."""
        ...

    def spend_link(self, link: str, now_us: int) -> bool:
        """Was it there and young enough? It is gone then, whoever else asks at the same time."""
        ...

    def add(self, session: DeskSession) -> None:
        """Somebody came in."""
        ...

    def session(self, session_id: str) -> DeskSession | None:
        """One of them, however old."""
        ...

    def sessions(self) -> list[DeskSession]:
        """All of them, the last used first."""
        ...

    def use(self, session_id: str, at_us: int) -> None:
        """It was used; nothing where it is gone."""
        ...

    def end(self, session_id: str) -> None:
        """It is over; nothing where it is gone."""
        ...

    def end_others(self, session_id: str) -> int:
        """All but this one are over; returns how many those were."""
        ...

    def forget(self, used_before_us: int, made_before_us: int, now_us: int) -> None:
        """Let go of sessions last used or made before these moments, and of links that are over."""
        ...
