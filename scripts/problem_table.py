#!/usr/bin/env python3
"""Write the table of problem slugs into docs/API.md, from the registry in src/http/problem.rs.

With --check nothing is written; the exit code is 1 where the page is behind the registry.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "API.md"
BEGIN, END = "<!-- problems: begin -->\n", "<!-- problems: end -->\n"


def table() -> str:
    source = (ROOT / "src" / "http" / "problem.rs").read_text(encoding="utf-8")
    body = re.search(r"^registry! \{\n(.*?)^\}", source, re.DOTALL | re.MULTILINE)
    entries = re.findall(r'^    "([a-z-]+)" (\d{3}) "([^"]+)"$', body.group(1) if body else "", re.MULTILINE)
    if not entries or len(entries) != source[: body.end()].count('" 4') + source[: body.end()].count('" 5'):
        sys.exit("the registry in src/http/problem.rs is not read whole")
    rows = sorted(entries, key=lambda entry: int(entry[1]))
    lines = ["| slug | status | title |", "|---|---|---|"]
    lines += [f"| `{slug}` | {status} | {title} |" for slug, status, title in rows]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    wanted = before + BEGIN + table() + END + after
    if wanted == page:
        return 0
    if arguments == ["--check"]:
        print("docs/API.md lacks what src/http/problem.rs says: run scripts/problem_table.py")
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
