import pytest
from doctor_kit import Patient, Scripted


@pytest.fixture(scope="session")
def scripted():
    """A scripted upstream in a process of its own; its /health stands in for a server's too."""
    upstream = Scripted()
    yield upstream
    upstream.stop()


@pytest.fixture
def patient(tmp_path):
    return Patient(tmp_path / "data")
