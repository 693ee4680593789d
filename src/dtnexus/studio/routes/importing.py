"""Conversations into a project: from files that are handed over, or from a run on this machine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Annotated

from fastapi import APIRouter, File, Form, HTTPException, Request, UploadFile
from fastapi.responses import Response

from dtnexus.errors import UsageError
from dtnexus.ingest.loss import ReadReport
from dtnexus.running.study_units import StudyUnits, read_units, screened, units_of_run
from dtnexus.storage import units
from dtnexus.studio.access import Inside, Owner
from dtnexus.studio.bringing import bring_in
from dtnexus.studio.pages import see_other
from dtnexus.studio.state import studio_of

router = APIRouter(prefix="/p/{project_id}")


@router.get("/import")
def import_page(request: Request, inside: Owner) -> Response:
    """The form: files, or a run folder where the studio runs on the owner's own machine."""
    studio = studio_of(request)
    return studio.pages.render(request, "import.html.j2", local=studio.settings.local_folders)


@router.post("/import")
def import_files(
    request: Request,
    inside: Owner,
    files: Annotated[list[UploadFile], File()],
    screen: Annotated[bool, Form()] = False,
) -> Response:
    """Read the files with the readers of `dtnexus convert`, keep the conversations and nothing else of them."""
    given = [file for file in files if file.filename]
    if not given:
        raise UsageError("no file was chosen")
    with tempfile.TemporaryDirectory(prefix="dtnexus-import-") as folder:
        new = read_units(saved(given, Path(folder)))
    if screen:
        new = new._replace(machine=screened(new.interactions, inside.framework))
    return _kept(request, inside, new)


@router.post("/import-run")
def import_run(request: Request, inside: Owner, folder: Annotated[str, Form(max_length=2000)]) -> Response:
    """Take the conversations of a run, with the machine's ratings kept apart."""
    if not studio_of(request).settings.local_folders:
        raise HTTPException(403, "This studio serves other machines; hand the files over instead.")
    return _kept(request, inside, units_of_run(Path(folder).expanduser()))


@router.get("/imports/{import_id}")
def report(request: Request, inside: Owner, import_id: str) -> Response:
    """What was read, and what reading cost."""
    studio = studio_of(request)
    with studio.database.reading() as connection:
        body = units.import_report(connection, inside.project.id, import_id)
        count = units.count_units(connection, inside.project.id)
    if body is None:
        raise HTTPException(404)
    return studio.pages.render(request, "import_report.html.j2", report=ReadReport.model_validate(body), units=count)


def saved(files: Sequence[UploadFile], folder: Path) -> list[Path]:
    """The uploaded files in a folder, each in one of its own under the name it came with."""
    paths = []
    for number, file in enumerate(files):
        place = folder / str(number)
        place.mkdir()
        name = PurePath((file.filename or "").replace("\\", "/")).name.replace("\x00", "") or "file"
        path = place / name[-150:]
        with path.open("wb") as stream:
            shutil.copyfileobj(file.file, stream)
        paths.append(path)
    return paths


def _kept(request: Request, inside: Inside, new: StudyUnits) -> Response:
    studio = studio_of(request)
    with studio.database.writing() as connection:
        import_id = bring_in(connection, inside.project, inside.framework, new, inside.person.id, studio.now())
    return see_other(f"{inside.address}/imports/{import_id}")
