"""Rules on a finished run: verdicts that an interval supports, and what would decide the others. Pure."""
