"""Small stored campaigns with known content."""

from pathlib import Path

import pytest
from stored_rows import store_campaign


@pytest.fixture
def write_campaign(tmp_path):
    """`store_campaign` to a new directory on each call."""

    def write(replications, **options) -> Path:
        path = tmp_path / f"campaign-{len(list(tmp_path.iterdir()))}"
        return store_campaign(path, replications, **options)

    return write
