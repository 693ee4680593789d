"""Which model judges and where it is reached: ``judge:PROVIDER/MODEL`` and an address, checked before all else."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field

from dtnexus.errors import UsageError
from dtnexus.record import Record, digest_of

PREFIX: Final = "judge:"
"""How the name of a coder begins that is a judge."""
OWN_KEY: Final = "DTNEXUS_JUDGE_KEY"
"""Environment variable with the key for an address given by ``--base-url``."""

Provider = Literal["openai", "anthropic", "google", "mistral", "bedrock", "ollama"]
PROVIDERS: Final[tuple[Provider, ...]] = get_args(Provider)

_ADDRESSES: Final[Mapping[Provider, str]] = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "google": "https://generativelanguage.googleapis.com",
    "mistral": "https://api.mistral.ai",
    "bedrock": "https://bedrock-runtime.{region}.amazonaws.com",
    "ollama": "http://localhost:11434/v1",
}
KEYS: Final[Mapping[Provider, str | None]] = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google": "GOOGLE_API_KEY",
    "mistral": "MISTRAL_API_KEY",
    "bedrock": None,
    "ollama": None,
}
"""Provider -> environment variable with the key for its own address; None: it needs none, or has ways of its own."""


class JudgeTarget(Record):
    """A model that judges, and where it is reached."""

    provider: Provider
    model: str = Field(min_length=1)
    address: str
    """The base URL. It holds no name, no password and no query."""
    own_address: bool
    """Whether the address was given and is not the provider's."""

    @property
    def name(self) -> str:
        """``provider/model``, as in references, prices and reports."""
        return f"{self.provider}/{self.model}"

    @property
    def host(self) -> str:
        """The host that conversations are sent to, with its port where one is given."""
        return urlsplit(self.address).netloc

    @property
    def is_loopback(self) -> bool:
        """Whether the address is on this machine: ``localhost``, 127.0.0.0/8 or ::1, and no other name."""
        return on_this_machine(urlsplit(self.address).hostname or "")

    @property
    def encrypted(self) -> bool:
        """Whether the way there is encrypted."""
        return self.address.startswith("https://")

    def key_of(self, call_digest: str, parameters: Record) -> str:
        """What a reply is stored under: the call with its prompt, the model and the parameters."""
        return digest_of(["reply-1", call_digest, self.name, parameters.model_dump(mode="json")])


def on_this_machine(host: str) -> bool:
    """Whether a host is the loopback interface. Names other than ``localhost`` are not, whatever they resolve to."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_judge(coder: str) -> bool:
    """Whether the name of a coder means a judge."""
    return coder.startswith(PREFIX)


def targets_of(coders: Sequence[str], base_urls: Sequence[str]) -> tuple[JudgeTarget, ...]:
    """The judges among the coders, in their order, each with its address.

    A base URL is ``URL`` for every judge or ``PROVIDER/MODEL=URL`` for one.

    Raises:
        UsageError: a name is not of the form ``judge:PROVIDER/MODEL``, an address is none, or it belongs to no judge.
    """
    names = [_parts(coder) for coder in coders if is_judge(coder)]
    general, special = _addresses(base_urls)
    unknown = sorted(set(special) - {f"{provider}/{model}" for provider, model in names})
    if unknown or (base_urls and not names):
        about = repr(unknown[0]) if unknown else "a judge"
        raise UsageError(f"--base-url: is for {about}, and no --coder {PREFIX}PROVIDER/MODEL names it")
    return tuple(_target(provider, model, special.get(f"{provider}/{model}", general)) for provider, model in names)


def _parts(coder: str) -> tuple[Provider, str]:
    given, slash, model = coder.removeprefix(PREFIX).partition("/")
    provider = next((each for each in PROVIDERS if each == given), None)
    if provider is None or not slash or not model.strip():
        raise UsageError(
            f"--coder {coder!r}: {PREFIX}PROVIDER/MODEL is wanted, where PROVIDER is one of {', '.join(PROVIDERS)}; "
            f"any OpenAI-compatible server is {PREFIX}openai/MODEL with --base-url"
        )
    return provider, model


def _addresses(base_urls: Sequence[str]) -> tuple[str | None, dict[str, str]]:
    general: str | None = None
    special: dict[str, str] = {}
    for given in base_urls:
        name, equals, url = given.partition("=http")
        if equals and not name.startswith("http"):
            special[name.removeprefix(PREFIX)] = _address(f"http{url}")
        elif general is None:
            general = _address(given)
        else:
            raise UsageError("--base-url: given twice for all judges; write PROVIDER/MODEL=URL for each")
    return general, special


def _address(url: str) -> str:
    """The address in one form.

    Raises:
        UsageError: it is no address, or holds a name, a password or a query; these would be stored and shown.
    """
    parts = urlsplit(url)
    try:
        fits = parts.scheme in ("http", "https") and parts.hostname is not None and (parts.port or 1) > 0
    except ValueError:
        fits = False
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError("--base-url: holds a name, a password or a query; keys come from the environment only")
    if not fits:
        raise UsageError(f"--base-url {url!r}: is no address, for instance http://127.0.0.1:8080/v1")
    return url.rstrip("/")


def _target(provider: Provider, model: str, address: str | None) -> JudgeTarget:
    own = address is not None
    if address is None:
        address = _ADDRESSES[provider]
        if provider == "bedrock":
            address = address.format(region=aws_region())
    return JudgeTarget(provider=provider, model=model, address=address, own_address=own)


def aws_region() -> str:
    """The region of a Bedrock judge: ``AWS_REGION``, or else ``AWS_DEFAULT_REGION``.

    Raises:
        UsageError: neither is set.
    """
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise UsageError(f"--coder {PREFIX}bedrock/MODEL: which region? Set AWS_REGION")
    return region


def key_from_environment(target: JudgeTarget) -> str | None:
    """The key for a judge; None where it needs none, or has ways of its own to find it.

    The key of a provider never goes to another address than the provider's: for an address of your own it is
    ``DTNEXUS_JUDGE_KEY``, which may be missing on this machine.

    Raises:
        UsageError: the variable is not set; it names the variable.
    """
    variable = OWN_KEY if target.own_address else KEYS[target.provider]
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key and target.own_address:
        return None
    if not key:
        raise UsageError(f"--coder {PREFIX}{target.name}: its key is wanted in the environment variable {variable}")
    return key
