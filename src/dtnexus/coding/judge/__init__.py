"""The language-model judge, its pure half: what is asked, how answers are read, what they come to.

Nothing here reaches a model, a file or a network. `session.JudgeSession` is the way in; docs/design/judge.md
says how it works and why.
"""
