"""A small real language model behind a real HTTP server on this machine, for tests and demonstrations.

It needs packages that the project does not: `make small-model` puts them into an environment of their own.
"""
