"""The wire: the only file that reaches a network for the judge, and the only one that knows pydantic-ai.

Import it through `opening`, which says what to install where it cannot be imported. Nothing is sent to
anybody but the judge's own address: no telemetry, no redirects, and for this machine no proxies.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import httpx2
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import (
    AgentRunError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestRejectedError,
    ModelTimeoutError,
    UserError,
)
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings

from dtnexus.coding.judge.call import JudgeCall, Reply
from dtnexus.errors import MissingExtraError
from dtnexus.judging.delivery import Delivered, Parameters, Trouble, Usage
from dtnexus.judging.target import JudgeTarget, Provider, aws_region, key_from_environment

NO_KEY: Final = "none"
"""Sent as key to a server that wants none."""
_SPOKEN: Final[Mapping[Provider, str]] = {
    "openai": "openai",
    "ollama": "openai",
    "anthropic": "anthropic",
    "google": "google-genai",
    "mistral": "mistralai",
    "bedrock": "boto3",
}
"""Provider -> the library of its vendor that pydantic-ai speaks through."""
_FAULTS: Final = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RuntimeError)
"""What libraries raise on an answer that nobody foresaw."""


class Wire:
    """The connection to one judge. Calls may be sent from several threads; they share one loop and its connections."""

    def __init__(self, target: JudgeTarget, parameters: Parameters, timeout: float) -> None:
        """Prepare the connection; nothing is sent.

        Raises:
            UsageError: the key is missing.
            MissingExtraError: the provider's own library is not installed.
        """
        self.target = target
        self._parameters = parameters
        self._timeout = timeout
        key = key_from_environment(target)
        self._key = key
        self._http = httpx2.AsyncClient(
            timeout=httpx2.Timeout(timeout, connect=min(timeout, 20)),
            follow_redirects=False,
            trust_env=not target.is_loopback,
        )
        self._model = _model(target, key, self._http, timeout)
        self.structured = bool(self._model.profile.get("supports_json_schema_output", False))
        """Whether the provider is asked for the answer's schema; off once a server has refused that."""
        self.libraries: Mapping[str, str] = _versions(target.provider)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"judge-{target.provider}", daemon=True)
        self._thread.start()
        self._closed = False

    def send(self, call: JudgeCall) -> Delivered | Trouble:
        """Send one call and wait; a server that refuses the answer's schema is asked for JSON in text instead."""
        structured = self.structured
        outcome = self._once(call, structured)
        if isinstance(outcome, _SchemaRefused):
            if not structured:
                return outcome.trouble
            plain = self._once(call, False)
            if isinstance(plain, _SchemaRefused):
                return plain.trouble
            if isinstance(plain, Delivered):
                self.structured = False
            return plain
        return outcome

    def close(self) -> None:
        """End the connections and the thread; calls under way come back as trouble."""
        if self._closed:
            return
        self._closed = True
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    async def _end(self) -> None:
        own = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not own]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.aclose()

    def _once(self, call: JudgeCall, structured: bool) -> Delivered | Trouble | _SchemaRefused:
        if self._closed:
            return _ENDED
        asked = asyncio.run_coroutine_threadsafe(self._request(call, structured), self._loop)
        try:
            return asked.result()
        except concurrent.futures.CancelledError:
            return _ENDED

    async def _request(self, call: JudgeCall, structured: bool) -> Delivered | Trouble | _SchemaRefused:
        messages = [ModelRequest(parts=[UserPromptPart(content=call.prompt)], instructions=call.instructions)]
        try:
            async with asyncio.timeout(self._timeout):
                response = await model_request(
                    self._model,
                    messages,
                    model_settings=self._settings(call),
                    model_request_parameters=_parameters(call, structured),
                    instrument=False,
                )
        except (TimeoutError, ModelTimeoutError):
            return Trouble("timeout", f"no answer within {self._timeout:g} seconds", again=True, billed=True)
        except ModelAPIError as error:
            return _trouble(error)
        except (AgentRunError, UserError):
            return Trouble("error", "what came back is no answer of a chat model", again=True, billed=True)
        except (httpx2.HTTPError, *_FAULTS) as error:
            detail = f"the connection or its library failed ({type(error).__name__})"
            return Trouble("error", detail, again=True, billed=True)
        return _delivered(call, response, self._key)

    def _settings(self, call: JudgeCall) -> ModelSettings:
        settings = ModelSettings(max_tokens=self._parameters.room(call), max_retries=0, timeout=self._timeout)
        if self._parameters.temperature is not None:
            settings["temperature"] = self._parameters.temperature
        return settings


class _SchemaRefused:
    """The server refused the request as such; perhaps for the answer's schema."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble


_ENDED: Final = Trouble("error", "the run was stopped", again=False)


def _parameters(call: JudgeCall, structured: bool) -> ModelRequestParameters:
    if not structured:
        return ModelRequestParameters()
    schema: dict[str, Any] = dict(call.answer_schema)
    return ModelRequestParameters(
        output_mode="native", output_object=OutputObjectDefinition(json_schema=schema, name="answer", strict=True)
    )


def _delivered(call: JudgeCall, response: ModelResponse, key: str | None) -> Delivered:
    """What came, as it is kept; a server that sends the key back does not get it into a file."""
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    model = response.model_name or ""
    if key:
        text, model = text.replace(key, "[key]"), model.replace(key, "[key]")
    counted = response.usage
    known = bool(counted.input_tokens or counted.output_tokens)
    usage = Usage(counted.input_tokens, counted.output_tokens) if known else Usage()
    reply = Reply(call=call.id, kind="text", text=text)
    if response.finish_reason == "content_filter":
        reply = Reply(call=call.id, kind="failure", cause="refused", detail="the provider withheld the answer")
    elif response.finish_reason == "length":
        reply = Reply(call=call.id, kind="failure", cause="truncated", detail="the answer was longer than its room")
    return Delivered(reply, model, usage)


def _trouble(error: ModelAPIError) -> Trouble | _SchemaRefused:
    status = error.status_code if isinstance(error, ModelHTTPError) else None
    said = f"the server answered with status {status}" if status is not None else "the server could not be reached"
    if isinstance(error, ModelQuotaExceededError):
        return Trouble("rate_limited", f"{said}: the account's quota is used up", again=False, closes=True)
    if isinstance(error, ModelRateLimitError) or status == 429:
        return Trouble("rate_limited", said, again=True, wait=error.retry_after)
    if isinstance(error, ModelAuthenticationError) or status in (401, 403):
        return Trouble("error", f"{said}: the key is not accepted", again=False, closes=True)
    if isinstance(error, ModelNotFoundError) or status == 404:
        return Trouble("no_model", f"{said}: no such model or address", again=False, closes=True)
    if isinstance(error, ModelRequestRejectedError) or status in (400, 413, 422):
        return _SchemaRefused(Trouble("error", f"{said}: the request was rejected", again=False))
    late = status in (408, 504)
    billed = status is None and not _never_left(error)
    return Trouble("timeout" if late else "error", said, again=True, wait=error.retry_after, billed=billed)


def _never_left(error: BaseException) -> bool:
    """Whether no connection was made, so that nobody can have answered or charged for it."""
    cause = error.__cause__
    return isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout) or (
        cause is not None and cause is not error and _never_left(cause)
    )


def _versions(provider: Provider) -> Mapping[str, str]:
    found = {}
    for name in ("pydantic-ai-slim", _SPOKEN[provider]):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _model(target: JudgeTarget, key: str | None, http: httpx2.AsyncClient, timeout: float) -> Model[Any]:
    """The model behind pydantic-ai.

    Raises:
        MissingExtraError: the vendor's library is not installed.
    """
    makers = {
        "openai": _openai,
        "ollama": _openai,
        "anthropic": _anthropic,
        "google": _google,
        "mistral": _mistral,
    }
    try:
        if target.provider == "bedrock":
            return _bedrock(target, timeout)
        return makers[target.provider](target, key or NO_KEY, http)
    except ImportError:
        extra = "judge" if target.provider in ("openai", "ollama") else f"judge-{target.provider}"
        raise MissingExtraError(f"a judge of {target.provider}", extra) from None


def _openai(target: JudgeTarget, key: str, http: httpx2.AsyncClient) -> Model[Any]:
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415 - a part of an extra
    from pydantic_ai.profiles.openai import OpenAIModelProfile  # noqa: PLC0415
    from pydantic_ai.providers.ollama import OllamaProvider  # noqa: PLC0415
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider  # noqa: PLC0415

    if target.provider == "openai" and not target.own_address:
        return OpenAIChatModel(
            target.model, provider=OpenAIProvider(base_url=target.address, api_key=key, http_client=http)
        )
    # Other servers know `max_tokens`; not all know the name that OpenAI uses now.
    known = OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False)
    provider = (
        OllamaProvider(base_url=target.address, api_key=key, http_client=http)
        if target.provider == "ollama"
        else OpenAICompatibleProvider("judge", base_url=target.address, api_key=key, http_client=http)
    )
    return OpenAIChatModel(target.model, provider=provider, profile=known)


def _anthropic(target: JudgeTarget, key: str, http: httpx2.AsyncClient) -> Model[Any]:
    from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415
    from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415

    provider = AnthropicProvider(api_key=key, base_url=target.address, http_client=http)
    return AnthropicModel(target.model, provider=provider)


def _google(target: JudgeTarget, key: str, http: httpx2.AsyncClient) -> Model[Any]:
    from pydantic_ai.models.google import GoogleModel  # noqa: PLC0415
    from pydantic_ai.providers.google import GoogleProvider  # noqa: PLC0415

    return GoogleModel(target.model, provider=GoogleProvider(api_key=key, base_url=target.address, http_client=http))


def _mistral(target: JudgeTarget, key: str, http: httpx2.AsyncClient) -> Model[Any]:
    from pydantic_ai.models.mistral import MistralModel  # noqa: PLC0415
    from pydantic_ai.providers.mistral import MistralProvider  # noqa: PLC0415

    return MistralModel(target.model, provider=MistralProvider(api_key=key, base_url=target.address, http_client=http))


def _bedrock(target: JudgeTarget, timeout: float) -> Model[Any]:
    from pydantic_ai.models.bedrock import BedrockConverseModel  # noqa: PLC0415
    from pydantic_ai.providers.bedrock import BedrockProvider  # noqa: PLC0415

    provider = BedrockProvider(base_url=target.address, region_name=aws_region(), aws_read_timeout=timeout)
    return BedrockConverseModel(target.model, provider=provider)
