"""In and out: other programs' answers into the project; tables, an archive and projects for other programs out."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, HTTPException, Request, UploadFile
from fastapi.responses import Response

from dtnexus.errors import DtnexusError, UsageError
from dtnexus.exchanging import label_studio, potato
from dtnexus.exchanging.deidentifying import WARNING
from dtnexus.running.ratings_files import Program
from dtnexus.studio.access import Owner
from dtnexus.studio.exchange_files import (
    What,
    archive,
    blind_interactions,
    interactions,
    lines,
    said_by_people,
    table,
    take,
    zipped,
)
from dtnexus.studio.routes.importing import saved
from dtnexus.studio.state import studio_of

router = APIRouter(prefix="/p/{project_id}/exchange")

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}
TABLES: dict[str, What] = {"ratings": "long", "ratings-wide": "wide", "episodes": "episodes"}


@router.get("")
def exchange_page(request: Request, inside: Owner) -> Response:
    """What goes in and what comes out."""
    return studio_of(request).pages.render(request, "exchange.html.j2", told=None, warning=WARNING)


@router.post("/import")
def import_answers(
    request: Request,
    inside: Owner,
    files: Annotated[list[UploadFile], File()],
    program: Annotated[Program, Form()],
    confidence: Annotated[str, Form(max_length=10)] = "",
    adjudicators: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Take the answers in; what could not become a rating is listed with its reason."""
    given = [file for file in files if file.filename]
    if not given:
        raise UsageError("no file was chosen")
    studio = studio_of(request)
    with tempfile.TemporaryDirectory(prefix="dtnexus-import-") as folder:
        paths = saved(given, Path(folder))
        try:
            with studio.database.writing() as connection:
                told = take(
                    connection, inside, paths, program, _confidence(confidence), _names(adjudicators), studio.now()
                )
                inside.note(connection, studio.now(), "ratings-imported", program=program, kept=told.kept, had=told.had)
        except DtnexusError as error:
            raise UsageError(_without(str(error), paths)) from None
    return studio.pages.render(request, "exchange.html.j2", told=told, warning=WARNING)


@router.get("/{name}.{form}")
def download(request: Request, inside: Owner, name: str, form: Literal["csv", "jsonl", "parquet", "zip"]) -> Response:
    """A table of ratings or episodes, the records, or the conversations."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        said = said_by_people(connection, inside.project.id)
        words = interactions(connection, inside.project.id)
        inside.note(connection, studio.now(), "downloaded", file=f"{name}.{form}"[:80])
    if (name, form) == ("records", "jsonl"):
        body = lines(said)
    elif (name, form) == ("conversations", "jsonl"):
        body = lines([session for one in words.values() for session in one.sessions])
    elif (name, form) == ("potato", "zip"):
        body = zipped(potato.project_files(inside.framework, blind_interactions(words), inside.project.name))
    elif (name, form) == ("label-studio", "zip"):
        body = zipped(label_studio.project_files(inside.framework, blind_interactions(words)))
    elif name in TABLES and form != "zip":
        body = table(said, f"{name}.{form}", TABLES[name], False, inside)
    else:
        raise HTTPException(404)
    return _file(body, f"{name}.{form}", form)


@router.post("/archive")
def download_archive(
    request: Request,
    inside: Owner,
    with_text: Annotated[bool, Form()] = False,
    names: Annotated[str, Form(max_length=100_000)] = "",
) -> Response:
    """The de-identified archive."""
    studio = studio_of(request)
    with studio.database.writing() as connection:
        said = said_by_people(connection, inside.project.id)
        words = list(interactions(connection, inside.project.id).values()) if with_text else []
        inside.note(connection, studio.now(), "archive-made", with_text=with_text)
    body = archive(said, words, with_text, [each.strip() for each in names.splitlines() if each.strip()], inside)
    return _file(body, "archive.zip", "zip")


def _file(body: bytes, name: str, form: str) -> Response:
    return Response(body, media_type=_TYPES[form], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _confidence(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UsageError("the confidence of scores that have none is a number from 0 to 1, or nothing")
    return value


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _without(text: str, paths: list[Path]) -> str:
    """The message with the files' names and without the folder in which they were looked at."""
    for path in paths:
        text = text.replace(f"{path.parent}/", "")
    return text
