"""What a person fills in on the drop page, as the options that `dtnexus assess` takes."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from dtnexus.errors import UsageError
from dtnexus.ingest.options import ReadOptions
from dtnexus.language import UNDETERMINED, primary
from dtnexus.record import first_fault

KINDS = {
    "": "As the files say; unknown where they do not",
    "digital": "A digital agent: a program, chatbot or app",
    "human": "People: therapists, counsellors or other helpers",
}
"""What answered the clients, in plain words."""

USES = {
    "conversation": "Which conversation a row belongs to",
    "speaker": "Who speaks",
    "text": "What was said",
    "order": "Place in the conversation",
    "at": "When it was said",
    "client": "Which client",
    "session": "Which session",
    "agent": "Which agent",
}
"""What a column of a table may be used for, in plain words."""


def read_options(form: Mapping[str, str]) -> ReadOptions:
    """What the form says about reading; an empty field says nothing.

    Raises:
        UsageError: a field says something that cannot be; names it.
    """
    language = form.get("language", "").strip() or None
    if language is not None and language != UNDETERMINED and primary(language) is None:
        raise UsageError(f"language {language[:40]!r} is no code of a language; en and pt-BR are examples")
    columns = {use: form.get(f"column_{use}", "").strip() for use in USES}
    roles = {name: "client" for name in _names(form.get("clients", ""))}
    for name in _names(form.get("agents", "")):
        if name in roles:
            raise UsageError(f"{name!r} stands among the clients and among those who answer; one of both is wanted")
        roles[name] = "agent"
    given = {
        "roles": roles,
        "columns": {use: column for use, column in columns.items() if column},
        "agent_kind": form.get("kind", "") or None,
        "agent_id": form.get("agent_id", "").strip()[:200] or None,
        "language": language,
    }
    try:
        return ReadOptions.model_validate(given)
    except ValidationError as error:
        raise UsageError(f"how the files are to be read: {first_fault(error)}") from None


def filled(options: ReadOptions) -> dict[str, str]:
    """The fields of the form as these options fill them."""
    by_role = {
        field: ", ".join(name for name, role in options.roles.items() if role.value == value)
        for field, value in (("clients", "client"), ("agents", "agent"))
    }
    return {
        "kind": options.agent_kind or "",
        "agent_id": options.agent_id or "",
        "language": options.language or "",
        **by_role,
        **{f"column_{use}": str(options.columns.get(use, "")) for use in USES},  # type: ignore[call-overload]
    }


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("\n", ",").split(",") if name.strip()]
