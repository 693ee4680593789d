from typing import Final
from dtnexus.coding.signals import AGENT_SIGNALS, CLIENT_SIGNALS, SignalRole
OUTPUTS: Final[dict[SignalRole, tuple[tuple[str, int], ...]]] = {
    "agent": tuple((s.name, level) for s in AGENT_SIGNALS for level in range(1, s.maximum + 1)),
    "client": tuple((s.name, level) for s in CLIENT_SIGNALS for level in range(1, s.maximum + 1)),
}
