"""Writes paths.json anew from Pipedrive's own npm client.

npm pack pipedrive@33.7.0 && tar xzf pipedrive-33.7.0.tgz
python tests/plugins/pipedrive/list_paths.py package
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOTS = {"v1": "/v1", "v2": "/api/v2"}
CALL = re.compile(r"localVarPath = `([^`]+)`.*?method: '([A-Z]+)'", re.DOTALL)


def paths_of(package: Path) -> dict[str, object]:
    """Version of the client, and each method and path that it can ask for."""
    version = json.loads((package / "package.json").read_text("utf-8"))["version"]
    found = {
        (method, ROOTS[api] + path)
        for api in ROOTS
        for source in (package / "dist" / "versions" / api / "api").glob("*.js")
        for path, method in CALL.findall(source.read_text("utf-8"))
    }
    return {"package": f"pipedrive@{version}", "paths": [list(item) for item in sorted(found)]}


if __name__ == "__main__":
    listed = paths_of(Path(sys.argv[1]))
    lines = ",\n".join(f"  {json.dumps(item)}" for item in listed["paths"])  # type: ignore[attr-defined]
    text = f'{{\n "package": {json.dumps(listed["package"])},\n "paths": [\n{lines}\n ]\n}}\n'
    (Path(__file__).parent / "paths.json").write_text(text, "utf-8")
