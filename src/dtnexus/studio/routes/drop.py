"""The drop page: files in, report and tables out, nothing kept that nobody asked to keep."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, HTTPException, Request, UploadFile
from fastapi.responses import FileResponse, RedirectResponse, Response

from dtnexus.catalog.loader import load_framework, shipped_frameworks
from dtnexus.catalog.profile_file import load_profile
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import DtnexusError, UsageError
from dtnexus.running.study_units import units_of_run
from dtnexus.storage import audit, projects
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import Person, ProjectRow
from dtnexus.studio.access import CurrentPerson
from dtnexus.studio.bringing import bring_in
from dtnexus.studio.drop_desk import AT_WORK, DropJob
from dtnexus.studio.drop_folder import DropFolder, DropOrder
from dtnexus.studio.drop_form import KINDS, USES, filled, read_options
from dtnexus.studio.pages import see_other
from dtnexus.studio.state import Studio, studio_of

router = APIRouter(prefix="/drop")

_SHOWN = 50
"""Losses that are listed; the file with all of them can be downloaded."""
_PROFILE_BYTES = 1024 * 1024
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".jsonl": "application/x-ndjson",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
}


@router.get("")
def drop_page(request: Request, me: CurrentPerson, closed: bool = False) -> Response:
    """Where files are dropped, and the person's open jobs."""
    studio = studio_of(request)
    mine = [(job, studio.desk.over_at(job)) for job in studio.desk.of(me.id)]
    return studio.pages.render(request, "drop.html.j2", mine=mine, rules=studio.settings.drop, closed=closed)


@router.post("")
def drop(request: Request, me: CurrentPerson, files: Annotated[list[UploadFile], File()]) -> Response:
    """Take the files into a private folder and have them read."""
    studio = studio_of(request)
    given = [(file.filename or "", file.file) for file in files if file.filename]
    job_id = studio.desk.take(me.id, given)
    _note(studio, me, "files-dropped", job_id, files=len(given))
    return see_other(f"/drop/{job_id}")


@router.get("/{job_id}")
def job_page(request: Request, me: CurrentPerson, job_id: str) -> Response:
    """A job as it stands: at work, read, done, failed, cancelled or broken off."""
    studio = studio_of(request)
    job = studio.desk.job(job_id, me.id)
    if job is None:
        told = "This job is closed: its files and results were deleted, or it never was yours. Nothing of it is kept."
        return studio.pages.render(request, "told.html.j2", 404, told=told, status_code=404)
    if job.row.state in AT_WORK:
        return studio.pages.render(request, "drop_at_work.html.j2", job=job, before=studio.desk.before(job))
    values: dict[str, Any] = {"job": job, "over_at": studio.desk.over_at(job), "rules": studio.settings.drop}
    if job.folder is None:
        return studio.pages.render(request, "drop_broken.html.j2", **values)
    order, report = job.folder.ordered(), job.folder.read_report()
    values |= {
        "order": order,
        "report": report,
        "shown": report.losses[:_SHOWN] if report else (),
        "fields": filled(order.reading),
        "kinds": KINDS,
        "uses": USES,
        "frameworks": [each.name for each in shipped_frameworks()],
        "told": job.folder.said(),
        "outcome": job.folder.came_to(),
        "downloads": job.folder.downloads(),
        "profile": job.folder.profile.exists(),
        "own_projects": _owned(studio, me),
    }
    return studio.pages.render(request, "drop_job.html.j2", **values)


@router.get("/{job_id}/progress")
def progress(request: Request, me: CurrentPerson, job_id: str) -> Response:
    """The piece of the page that says how far the job is; the whole page anew when it is not at work."""
    studio = studio_of(request)
    job = studio.desk.job(job_id, me.id)
    if job is None or job.row.state not in AT_WORK:
        return Response(headers={"HX-Redirect": f"/drop/{job_id}"})
    return studio.pages.render(request, "drop_progress.html.j2", job=job, before=studio.desk.before(job))


@router.post("/{job_id}/begin")
async def begin(request: Request, me: CurrentPerson, job_id: str) -> Response:
    """Read again, or assess, as the form says."""
    async with request.form() as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        profile = form.get("profile")
        text = b"" if profile is None or isinstance(profile, str) else await profile.read(_PROFILE_BYTES + 1)
    return _begin(request, me, job_id, fields, text)


@router.post("/{job_id}/go-on")
def go_on(request: Request, me: CurrentPerson, job_id: str) -> Response:
    """Do again what was cancelled, broken off or failed; what was coded already is not coded again."""
    studio = studio_of(request)
    job, folder = _open(studio, me, job_id)
    studio.desk.begin(job, folder.ordered())
    return see_other(f"/drop/{job_id}")


@router.post("/{job_id}/cancel")
def cancel(request: Request, me: CurrentPerson, job_id: str) -> Response:
    """Stop the work; the files stay until the job is closed or its time is over."""
    studio = studio_of(request)
    job = studio.desk.job(job_id, me.id)
    if job is not None:
        studio.desk.cancel(job)
        _note(studio, me, "drop-cancelled", job_id)
    return see_other(f"/drop/{job_id}")


@router.post("/{job_id}/close")
def close(request: Request, me: CurrentPerson, job_id: str) -> Response:
    """Delete the files and everything that was made of them, at once."""
    studio = studio_of(request)
    job = studio.desk.job(job_id, me.id)
    if job is not None:
        studio.desk.forget(job)
        _note(studio, me, "drop-closed", job_id)
    return see_other("/drop?closed=true")


@router.post("/{job_id}/keep")
def keep(request: Request, me: CurrentPerson, job_id: str, project: Annotated[str, Form(max_length=40)]) -> Response:
    """Take the conversations into a project of one's own; the machine's ratings too, if it rated by its codebook."""
    studio = studio_of(request)
    job, folder = _open(studio, me, job_id)
    target = next((each for each in _owned(studio, me) if each.id == project), None)
    if target is None:
        raise HTTPException(403, "Conversations are kept in a project that you own, and in no other one.")
    if job.row.state != "done":
        raise UsageError("keep the conversations when the assessment is done")
    new = units_of_run(folder.run.root)
    rated_by = load_framework(folder.ordered().framework, MAXIMA).digest()
    if rated_by != target.framework_digest:
        new = new._replace(machine={})
    with studio.database.writing() as connection:
        framework = studio.framework(target.framework_digest)
        import_id = bring_in(connection, target, framework, new, me.id, studio.now())
        _write(connection, studio, me, "drop-kept", job_id, target.id)
    return see_other(f"/p/{target.id}/imports/{import_id}")


@router.get("/{job_id}/report")
def report(request: Request, me: CurrentPerson, job_id: str) -> Response:
    """The report of `dtnexus assess`, shut off from the studio: it may run its own script and reach nothing."""
    _, folder = _open(studio_of(request), me, job_id)
    path = folder.downloads().get("report.html")
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type=_TYPES[".html"], headers={"Content-Security-Policy": _report_policy(path)})


@router.get("/{job_id}/files/{name}")
def download(request: Request, me: CurrentPerson, job_id: str, name: str) -> Response:
    """One of the files that were made."""
    _, folder = _open(studio_of(request), me, job_id)
    path = folder.downloads().get(name)
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type=_TYPES[path.suffix], filename=name)


def _begin(request: Request, me: Person, job_id: str, fields: dict[str, str], profile: bytes) -> RedirectResponse:
    studio = studio_of(request)
    job, folder = _open(studio, me, job_id)
    framework = fields.get("framework", "dtn-op")
    if framework not in {each.name for each in shipped_frameworks()}:
        raise UsageError("the framework is none of those that come with the program")
    order = DropOrder(
        files=folder.ordered().files,
        phase="read" if fields.get("do") == "read" else "assess",
        framework=framework,
        reading=read_options(fields),
    )
    if len(profile) > _PROFILE_BYTES:
        raise UsageError("the agent profile is no profile: it has more than a mebibyte")
    if profile:
        _take_profile(folder, profile, framework)
    studio.desk.begin(job, order)
    _note(studio, me, "drop-begun", job_id)
    return see_other(f"/drop/{job_id}")


def _take_profile(folder: DropFolder, text: bytes, framework: str) -> None:
    folder.profile.write_bytes(text)
    try:
        load_profile(folder.profile, load_framework(framework, MAXIMA))
    except DtnexusError as error:
        folder.profile.unlink()
        raise UsageError(str(error).replace(f"{folder.root}/", "")) from None


def _open(studio: Studio, me: Person, job_id: str) -> tuple[DropJob, DropFolder]:
    """An open job of this person with its folder."""
    job = studio.desk.job(job_id, me.id)
    if job is None:
        raise HTTPException(404)
    if job.folder is None:
        raise UsageError("the files of this job are gone; drop them again")
    return job, job.folder


def _owned(studio: Studio, me: Person) -> list[ProjectRow]:
    with studio.database.reading() as connection:
        return [project for project, role in projects.projects_of(connection, me.id) if role == "owner"]


def _note(studio: Studio, me: Person, what: str, job_id: str, files: int | None = None) -> None:
    with studio.database.writing() as connection:
        _write(connection, studio, me, what, job_id, None, files)


def _write(
    connection: Connection,
    studio: Studio,
    me: Person,
    what: str,
    job_id: str,
    project_id: str | None,
    files: int | None = None,
) -> None:
    """Write that somebody did something with a job; no name of a file, no word."""
    details = {} if files is None else {"files": files}
    about = f"job:{job_id}"
    audit.note(connection, studio.now(), what, person_id=me.id, project_id=project_id, about=about, details=details)


def _report_policy(path: Path) -> str:
    """Scripts of exactly this text, styles of this page, no requests, no forms, an origin of its own."""
    found = {hashlib.sha256(script).digest() for script in _SCRIPT.findall(path.read_bytes())}
    scripts = " ".join(sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in found)) or "'none'"
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
    )
