"""Who judged: everything that is needed to ask the same again, in the coder's reference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from dtnexus.coding.judge.session import JudgeSession
from dtnexus.coding.judge.settings import PROTOCOL
from dtnexus.rating import CoderRef


def judge_ref(
    name: str,
    session: JudgeSession,
    returned: Iterable[str],
    parameters: Mapping[str, JsonValue],
    libraries: Mapping[str, str],
) -> CoderRef:
    """The reference of a judge for the statements of one interaction.

    Args:
        name: provider and model as asked for, ``provider/model``.
        session: whose prompts and settings are named by digest.
        returned: model ids as the provider returned them, of all replies; several are all named.
        parameters: what was sent beside the prompt, as temperature and seed.
        libraries: name -> version of what spoke with the provider.
    """
    return CoderRef(
        kind="judge",
        name=name,
        version=PROTOCOL,
        details={
            "prompts": session.prompts_digest,
            "framework": session.framework.digest(),
            "settings": session.settings.to_json(),
            "model": ", ".join(sorted(set(returned))) or "not returned",
            "parameters": json.dumps(dict(parameters), sort_keys=True, ensure_ascii=False),
            "libraries": ", ".join(f"{each} {version}" for each, version in sorted(libraries.items())),
        },
    )
