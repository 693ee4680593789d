"""The engine of the language-model judge: what is sent where, what comes back, what it costs, what is kept.

The protocol (`coding.judge`) says which calls there are and what their replies mean; nothing here changes
that. `wire` is the only file that reaches a network, and the only one that knows pydantic-ai.
docs/design/judge.md says how the parts work together.
"""
