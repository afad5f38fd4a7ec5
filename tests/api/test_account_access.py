"""Who may see and do what on the account's routes, one by one."""

import pytest
from operations_kit import Store, ask

from darkhorse.accounts.desk import KeyDesk
from darkhorse.api.operations.account import account_operations
from darkhorse.api.operations.keys import key_operations
from darkhorse.base.clock import SystemClock
from darkhorse.catalog.limits import LimitSettings
from darkhorse.storage.accounting import NOTHING_USED

HASH = Store().records[0].hash
MANAGEMENT = [
    ("GET", "/credits"),
    ("GET", "/activity"),
    ("GET", "/keys"),
    ("POST", "/keys"),
    ("GET", f"/keys/{HASH}"),
    ("PATCH", f"/keys/{HASH}"),
    ("DELETE", f"/keys/{HASH}"),
]


class Shelf(Store):
    """Takes another key."""

    def add(self, record):
        self.records.append(record)


class Nothing:
    """Nobody has used anything; nothing has to be loaded."""

    def key_use(self, hashes, now_us):
        return dict.fromkeys(hashes, NOTHING_USED)

    def load(self):
        pass


def reach(method, path, *, key, body=b"{}"):
    clock, nothing = SystemClock(), Nothing()
    desk = KeyDesk(Shelf(), clock, bytes)
    operations = [
        *account_operations(desk, nothing, LimitSettings(), clock),
        *key_operations(desk, nothing, nothing, LimitSettings(), clock),
    ]
    return ask(operations, method, path, key=key, body=body)


@pytest.mark.parametrize(("method", "path"), MANAGEMENT)
def test_only_a_management_key_manages(method, path):
    told = reach(method, path, key="developer")
    assert (told.status, told.json["error"]["metadata"]["error_type"]) == (403, "permission_denied")
    assert reach(method, path, key=None).status == 401


def test_a_key_that_is_made_is_created():
    assert reach("POST", "/keys", key="management", body=b'{"name":"new"}').status == 201
