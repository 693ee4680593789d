"""Frameworks and agent profiles: data that clinicians edit, and its strict loader."""

from __future__ import annotations

from dtnexus.catalog.compare import Change, diff
from dtnexus.catalog.loader import Shipped, load_framework, shipped_frameworks
from dtnexus.catalog.profile_file import load_profile, profile_fields

__all__ = ["Change", "Shipped", "diff", "load_framework", "load_profile", "profile_fields", "shipped_frameworks"]
