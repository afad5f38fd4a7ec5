import pytest
from facts_kit import Facts, HandJournal


@pytest.fixture
def journal(tmp_path):
    return HandJournal(tmp_path / "journal")


@pytest.fixture
def facts(tmp_path):
    facts = Facts(tmp_path)
    yield facts
    facts.close()
