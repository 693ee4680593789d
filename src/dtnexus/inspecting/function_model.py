"""A Python function as a model of Inspect: ``--model dtnexus/mybot:reply``. Needs no network and no key.

It is called as ``function(messages)``; `messages` are ``{"role": "system" | "user" | "assistant", "content": str}``
from the beginning of the session, and it returns the reply as text. It may be called from several threads.
"""

from __future__ import annotations

from anyio.to_thread import run_sync
from inspect_ai.model import ChatMessage, GenerateConfig, ModelAPI, ModelOutput, ModelUsage, modelapi
from inspect_ai.tool import ToolChoice, ToolInfo

from dtnexus.errors import UsageError
from dtnexus.inspecting.option_error import OptionError
from dtnexus.probing.targets.python_function import function_named


@modelapi(name="dtnexus")
class FunctionModel(ModelAPI):
    """A function that answers."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - as all providers of Inspect have it
    ) -> None:
        """Find the function; the working folder is looked in first.

        Raises:
            OptionError: there is no such function.
        """
        super().__init__(model_name, base_url, api_key, [], config)
        try:
            self._function = function_named(model_name)
        except UsageError as error:
            raise OptionError(str(error).replace("--target python:", "--model dtnexus/")) from None

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        """What the function returns. No tools are called and no tokens are counted.

        Raises:
            TypeError: it returns something else than text.
        """
        del tools, tool_choice, config
        messages = [{"role": each.role, "content": each.text} for each in input]
        reply = await run_sync(self._function, messages)
        if not isinstance(reply, str):
            raise TypeError(f"{self.model_name} returned {type(reply).__name__}; text is wanted")
        output = ModelOutput.from_content(self.model_name, reply)
        output.usage = ModelUsage()
        return output
