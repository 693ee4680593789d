"""The exit codes of all commands; 0 is fine."""

FINDINGS = 1
"""A `--fail-on` finding holds, two frameworks that were compared differ, a floor of `validate` is not reached, or a
rule of `gate` fails."""
USAGE = 2
"""The call was wrong or nothing could be read; nothing was done."""
SOME_FAILED = 3
"""Some inputs failed; the others are done and written."""
UNDECIDED = 4
"""No rule of `gate` fails and at least one is undecided: its limit lies inside the interval, or too little was seen."""
