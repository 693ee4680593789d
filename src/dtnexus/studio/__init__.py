"""The studio: web pages where people code, agree, adjudicate and look at assessments.

`dtnexus.studio.app.make_app` makes the application; `docs/design/studio.md` says how it is laid out.
"""
