"""dtnexus inside Inspect AI: the probes as a task, the embedded coder as a scorer, a function as a model.

Needs the extra ``inspect``. Nothing else of dtnexus imports this package.
"""
