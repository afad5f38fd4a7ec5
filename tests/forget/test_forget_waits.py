"""Nothing is subtracted from facts that do not have it yet."""

import pytest

from darkhorse.storage.erasures import Subject
from forget.forget_kit import Ledger, expected_bodies, facts_of, key_of


@pytest.fixture
def ledgers(tmp_path):
    made = [Ledger(tmp_path / "ours"), Ledger(tmp_path / "theirs")]
    yield made
    for each in made:
        each.close()


def test_it_waits_until_the_facts_are_made(ledgers):
    ours, theirs = ledgers
    ours.write()
    packer = ours.packer()
    while packer.step():
        pass
    packer.close()
    ours.order(Subject(keys=(key_of("ben"),)))
    forgetting = ours.forgetting()
    for _ in range(50):
        forgetting.step()
    forgetting.close()
    (order,) = ours.store.unfinished()
    assert (order.stage, order.why) == ("facts", "the facts are still being made")
    ours.keep(seal=False)
    ours.run()
    theirs.write(("ann", "cyd"))
    theirs.keep(seal=False)
    assert facts_of(ours.data) == facts_of(theirs.data)
    assert ours.bodies() == expected_bodies(["ann", "cyd"])
