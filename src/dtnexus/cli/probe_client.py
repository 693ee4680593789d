"""`--client`: a model that plays the clients of probes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dtnexus.errors import UsageError
from dtnexus.probing.targets.naming import KEY_VARIABLE, TargetOptions, target_named
from dtnexus.probing.targets.openai_chat import OpenAiTarget


def client_named(
    spec: str | None,
    base_url: str | None,
    key_variable: str | None,
    options: TargetOptions,
    environment: Mapping[str, str],
) -> OpenAiTarget | None:
    """The model that plays the clients; None where none is named. Nothing is sent.

    The key of the probed agent is not its key, unless `key_variable` says so.

    Raises:
        UsageError: an option has a fault, or stands without ``--client``.
    """
    if spec is None:
        if base_url is not None or key_variable is not None:
            raise UsageError("--client-base-url and --client-key-env belong to --client openai:MODEL, which is missing")
        return None
    if spec.partition(":")[0] != "openai":
        raise UsageError(f"--client {spec!r}: openai:MODEL is wanted")
    address = base_url or options.base_url
    if address is None:
        raise UsageError("--client openai:MODEL: --client-base-url is wanted, for instance http://127.0.0.1:8000/v1")
    own = {name: value for name, value in environment.items() if name != KEY_VARIABLE or name == key_variable}
    plain = replace(
        options, base_url=address, key_variable=key_variable, stream=False, system_prompt=None, greets=False
    )
    client = target_named(spec, plain, own)
    assert isinstance(client, OpenAiTarget)
    return client
