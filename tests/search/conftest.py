import pytest
from search_kit import Library


@pytest.fixture
def library(tmp_path):
    library = Library(tmp_path)
    yield library
    library.close()
