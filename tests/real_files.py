"""The way to the real files beside the checkout, for tests with and without Django."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-real-data", action="store_true", help="fail where the real files are absent"
    )


@pytest.fixture(scope="session")
def shared_data(request: pytest.FixtureRequest) -> Path:
    """The folder of real files beside the checkout, or a skip that says so."""
    if not SHARED_DATA.is_dir():
        word = "the real files (../shared/data) are not beside this checkout"
        if request.config.getoption("--require-real-data"):
            pytest.fail(word)
        pytest.skip(word)
    return SHARED_DATA
