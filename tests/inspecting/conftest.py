"""What the tests with Inspect share: a bench with an agent of one behaviour, and no network."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.inspecting.offline import offline
from tests.probing.test_probe_run import BOT


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with `steady_bot`, in which nothing leaves this machine."""
    (tmp_path / "steady_bot.py").write_text(BOT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "steady_bot", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("INSPECT_LOG_DIR", "INSPECT_EVAL_MODEL", "TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    with offline(monkeypatch) as refused:
        yield tmp_path
    gc.collect()  # what Inspect left open is closed here, where the tests expect it
    assert refused == []
