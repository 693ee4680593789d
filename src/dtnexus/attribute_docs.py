"""What stands below the fields of a record class, for its JSON Schema.

Reading it needs the source of the class, which takes a fifth of a second for all records together; so it is read when a
schema is asked for, not at every start.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise


@cache
def attribute_docs(kind: type) -> dict[str, str]:
    """Field -> the string below it, of the fields that the class declares itself; empty where there is no source."""
    try:
        source = inspect.getsource(kind)
    except (OSError, TypeError):
        return {}
    body = ast.parse(textwrap.dedent(source)).body[0]
    assert isinstance(body, ast.ClassDef), kind
    found: dict[str, str] = {}
    for one, following in pairwise(body.body):
        if not isinstance(one, ast.AnnAssign) or not isinstance(one.target, ast.Name):
            continue
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            text = following.value.value
            if isinstance(text, str):
                found[one.target.id] = inspect.cleandoc(text)
    return found
