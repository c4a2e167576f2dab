"""The page on Mistral says what the plugin does."""

from __future__ import annotations

import re
from typing import Any

from aboveboard_mistral.routes import GOVERNED, HARMLESS, known_operations
from tests.docs.pages import ROOT, blocks
from tests.plugins.ai.mistral.conftest import Server, chunk, completion, sse

PAGE = "docs/ai/mistral.md"


def test_the_code_runs(server: Server, governed: Any, monkeypatch: Any) -> None:
    """With a client of the tests in place of one's own."""
    import aboveboard_mistral

    server.give(completion({"content": "5 €."}), sse(chunk({"content": "5 €."}, "stop")))
    client = governed(server.url)
    monkeypatch.setattr(aboveboard_mistral, "wrap", lambda *_, **__: client)
    shown: list[str] = []
    names: dict[str, Any] = {
        "key": "key",
        "question": "Mikä on hinta?",
        "messages": [{"role": "user", "content": "Mikä on hinta?"}],
        "show": shown.append,
    }
    for block in blocks(PAGE):
        if block.kind == "python":
            exec(block.text, names)
    assert len(server.paths) == 2
    assert shown[0].endswith("5 €.")


def test_what_is_named_is_there() -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    assert f"all {len(known_operations())} methods" in text
    named = set(re.findall(r"`((?:beta\.|files\.|chat\.|agents\.|fim\.|models\.)[a-z_.]+)`", text))
    made = {"chat.parse", "chat.parse_stream"}
    assert named - made <= known_operations().keys()
    assert {name for name in GOVERNED if name.partition(".")[0] in ("chat", "fim")} <= named
    assert {name for name in HARMLESS if name.startswith("models.")} <= named
