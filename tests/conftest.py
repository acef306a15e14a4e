"""What all tests share: where the sector's files are, and what is said when they are not there."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def pytest_collection_modifyitems(items):
    if (SHARED / "data").is_dir():
        return
    left_out = pytest.mark.skip(reason="left out: the sector's sample files do not stand beside the project")
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(left_out)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real and sample files beside the project."""
    return SHARED
