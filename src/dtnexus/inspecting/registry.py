"""What Inspect finds of dtnexus, by the entry point group ``inspect_ai``.

``dtnexus/probes`` is a task, ``dtnexus/scripted_client`` a solver, ``dtnexus/criteria`` a scorer,
``dtnexus/MODULE:FUNCTION`` a model.
"""

from __future__ import annotations

from dtnexus.inspecting.criteria import coverage, dtnexus_scorer, mean_rated
from dtnexus.inspecting.function_model import FunctionModel
from dtnexus.inspecting.probes_task import dtnexus_probes
from dtnexus.inspecting.scripted_client import scripted_client

__all__ = ["FunctionModel", "coverage", "dtnexus_probes", "dtnexus_scorer", "mean_rated", "scripted_client"]
