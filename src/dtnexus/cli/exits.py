"""The exit codes of all commands; 0 is fine."""

FINDINGS = 1
"""A `--fail-on` finding holds, two frameworks that were compared differ, or a floor of `validate` is not reached."""
USAGE = 2
"""The call was wrong or nothing could be read; nothing was done."""
SOME_FAILED = 3
"""Some inputs failed; the others are done and written."""
