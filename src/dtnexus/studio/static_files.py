"""The studio's own scripts, styles and icon, under an address that changes whenever one of them does."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Final

FOLDER: Final = Path(str(files(__package__))) / "static"


def _stamp(folder: Path) -> str:
    """A digest of all files of a folder, by name."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


STATIC: Final = f"/static/{_stamp(FOLDER)}"
"""Where the files are served; scripts name one another beside themselves. What stands there never changes."""
KEPT: Final = "public, max-age=31536000, immutable"
"""How long browsers may keep them: a year."""
