"""What calls cost: a price file, strictly read. dtnexus ships no prices: they change without notice.

::

    currency: USD
    per_tokens: 1000000
    models:
      openai/gpt-4.1: {input: 2.00, output: 8.00}
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import Field, ValidationError

from dtnexus.catalog.schema_faults import schema_problems
from dtnexus.catalog.strict_yaml import parse
from dtnexus.errors import Fault, InputError, UsageError
from dtnexus.record import FrozenMap, Record

_WANTED = "a YAML file of prices as docs/guide/judge.md shows"


class Price(Record):
    """What one model costs."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class Prices(Record):
    """The prices of some models."""

    currency: str = Field(min_length=1, max_length=12)
    per_tokens: int = Field(ge=1)
    """So many tokens cost what `models` says."""
    models: FrozenMap[str, Price] = Field(min_length=1)
    """``provider/model`` -> its price."""

    def cost(self, judge: str, input_tokens: float, output_tokens: float) -> float:
        """What so many tokens cost.

        Raises:
            UsageError: the file has no price for this model.
        """
        price = self.models.get(judge)
        if price is None:
            raise UsageError(f"--prices: no price for {judge}; it has {', '.join(self.models)}")
        return (price.input * input_tokens + price.output * output_tokens) / self.per_tokens


def load_prices(path: Path) -> Prices:
    """The prices in a file.

    Raises:
        InputError: it cannot be read, or has a fault; names the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", _WANTED) from None
    document = parse(content, str(path))
    for fault in document.faults:
        raise _error(fault)
    try:
        return Prices.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        problem = schema_problems(error, document.data, Prices)[0]
        line = document.line(problem.loc)
        raise InputError(str(path), problem.given, problem.wanted, line) from None


def _error(fault: Fault) -> InputError:
    return InputError(fault.path, fault.given, fault.wanted, fault.line)
