"""What `inspect eval` says, in one line, where one of our options is wrong."""

from __future__ import annotations

import click

from dtnexus.errors import UsageError


class OptionError(UsageError, click.ClickException):
    """An option of the task or the name of a function is wrong. `inspect` prints the message alone and ends with 2."""

    exit_code = 2
