import pytest
from accounting_kit import Traffic
from facts_kit import Facts, HandJournal
from keeper_kit import House
from table_kit import Rows


@pytest.fixture
def journal(tmp_path):
    return HandJournal(tmp_path / "journal")


@pytest.fixture
def facts(tmp_path):
    facts = Facts(tmp_path)
    yield facts
    facts.close()


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.close()


@pytest.fixture
def traffic(tmp_path):
    traffic = Traffic(tmp_path)
    yield traffic
    traffic.close()


@pytest.fixture
def rows(tmp_path):
    rows = Rows(tmp_path)
    yield rows
    rows.close()
