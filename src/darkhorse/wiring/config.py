"""The configuration file: settings by section. Launches are not in it; they live in the state."""

from pathlib import Path

from msgspec import Struct

from darkhorse.base import toml
from darkhorse.base.settings import (
    DeskSettings,
    JournalSettings,
    LedgerSettings,
    LogSettings,
    ModelSettings,
    ServerSettings,
    UpstreamSettings,
)
from darkhorse.catalog.limits import LimitSettings

__all__ = ["Config", "load"]


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a process needs to know that is not a secret of this very run."""

    server: ServerSettings = ServerSettings()
    journal: JournalSettings = JournalSettings()
    ledger: LedgerSettings = LedgerSettings()
    upstream: UpstreamSettings = UpstreamSettings()
    model: ModelSettings = ModelSettings()
    desk: DeskSettings = DeskSettings()
    limits: LimitSettings = LimitSettings()
    log: LogSettings = LogSettings()


def load(path: Path | None) -> Config:
    """The file's configuration; the defaults without one. Raises ConfigError with one sentence."""
    if path is None:
        return Config()
    config = toml.load(Config, path, remedy="give --config an existing TOML file.")
    config.limits.check()
    return config
