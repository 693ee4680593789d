"""Live agents that probes are played against, one file a kind. The only part of dtnexus that opens connections."""
