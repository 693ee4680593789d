"""What tests of several packages need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import CHROMIUM, FLAGS


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running browser; one for each module, since its loop must not outlive the module's tests."""
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield running
        running.close()
