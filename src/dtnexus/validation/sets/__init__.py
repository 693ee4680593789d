"""Readers of labelled sets, each in the set's own format; no row of any set is in this package."""
