"""Measurements: known groups, speed and memory, each printed by one command."""
