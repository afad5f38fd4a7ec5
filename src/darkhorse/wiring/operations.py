"""Every operation of the relay, over the data directory, and the two apps made of them."""

import secrets
from collections.abc import Callable

from msgspec import Struct
from starlette.applications import Starlette

import darkhorse
from darkhorse.accounts.desk import KeyDesk
from darkhorse.accounts.keys import KeyRing
from darkhorse.accounts.reports import ReportDesk
from darkhorse.api.caller import Callers
from darkhorse.api.metrics import Metrics
from darkhorse.api.openapi.document import document
from darkhorse.api.openapi.hot import hot_routes
from darkhorse.api.operation import API, Operation
from darkhorse.api.operations.account import account_operations
from darkhorse.api.operations.catalogue import catalogue_operations
from darkhorse.api.operations.datasets import dataset_operations
from darkhorse.api.operations.generations import generation_operations
from darkhorse.api.operations.keys import key_operations
from darkhorse.api.operations.operator import document_operation, operator_operations
from darkhorse.api.operations.reports import report_operations
from darkhorse.api.routes import make_app
from darkhorse.api.unhurried import Unhurried
from darkhorse.base.clock import Clock
from darkhorse.base.errors import UnknownModel
from darkhorse.base.ids import RandomIds
from darkhorse.catalog.catalogue import Catalogue
from darkhorse.storage.ports import KeyStore
from darkhorse.storage.reports import ReportStore
from darkhorse.wiring.accounting import Accounting
from darkhorse.wiring.config import Config

__all__ = ["Apps", "Parts", "make_apps"]


class Parts(Struct, frozen=True, kw_only=True):
    """What operations are made over."""

    catalogue: Callable[[], Catalogue]
    keys: KeyRing
    key_store: KeyStore
    reports: ReportStore
    accounting: Accounting
    callers: Callers
    metrics: Metrics
    check: Callable[[], None]  # raises while no generation is taken
    is_running: Callable[[str], bool]  # a generation's id
    config: Config
    clock: Clock


class Apps(Struct, frozen=True, kw_only=True):
    """`catalogue` answers below /api/v1, `operator` at the root."""

    catalogue: Starlette
    operator: Starlette


def make_apps(parts: Parts) -> Apps:
    """One list of operations: what is served is what the document says."""
    below, root = _below_api(parts), operator_operations(parts.metrics, parts.check)
    below.append(document_operation(lambda: shown, API))
    root.append(document_operation(lambda: shown, ""))
    shown = document([*below, *root], hot_routes(), darkhorse.__version__)
    patience_s = parts.config.server.body_timeout_s
    return Apps(
        catalogue=make_app(below, parts.keys, patience_s=patience_s),
        operator=make_app(root, parts.keys, patience_s=patience_s),
    )


def _below_api(parts: Parts) -> list[Operation]:
    clock, server, accounting = parts.clock, parts.config.server, parts.accounting
    desk = KeyDesk(parts.key_store, clock, secrets.token_bytes)
    reports = ReportDesk(parts.reports, clock, RandomIds().report)
    return [
        *catalogue_operations(parts.catalogue, clock, f"{server.host}:{server.port}"),
        *generation_operations(_unhurried(parts), reports),
        *key_operations(desk, parts.keys, accounting.account, parts.config.limits, clock),
        *account_operations(desk, accounting.account, parts.config.limits, clock),
        *dataset_operations(accounting.datasets, parts.catalogue, clock),
        *report_operations(reports, parts.callers),
    ]


def _unhurried(parts: Parts) -> Unhurried:
    def is_paced(slug: str) -> bool:
        try:
            return parts.catalogue().seen(slug).listing.rhythm.is_paced
        except UnknownModel:
            return False

    return Unhurried(parts.accounting.generations, is_running=parts.is_running, is_paced=is_paced)
