"""Write the table of who may do what into docs/api.md, from service/rights.py and the endpoints.

scripts/rights
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from db.people_types import Role
from service.api.app import operations
from service.rights import RIGHTS

PAGE = Path(__file__).parent.parent / "docs" / "api.md"
BEGIN, END = "<!-- scripts/rights writes from here -->", "<!-- to here -->"
NOBODY = "–"
"""a role that may not"""


def table() -> str:
    """A row for each endpoint, a column for each role."""
    roles = list(Role)
    lines = [
        "| | " + " | ".join(role.value.replace("_", " ") for role in roles) + " |",
        "| --- |" + " --- |" * len(roles),
    ]
    for method, path, _, permission in operations():
        if permission is None:
            cells = ["nobody need log in", *[""] * (len(roles) - 1)]
        else:
            scopes = [RIGHTS[role].get(permission) for role in roles]
            cells = [scope.value if scope else NOBODY for scope in scopes]
        lines.append(f"| `{method} {path}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def written(page: str) -> str:
    """The page with the table in its place."""
    between = re.compile(f"({re.escape(BEGIN)}\n).*?({re.escape(END)})", re.S)
    return between.sub(lambda found: f"{found[1]}{table()}\n{found[2]}", page)


def main() -> int:
    """Write it."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
