"""Every public method of the SDK is governed, harmless or refused; a new version's is found here.

`surface.txt` lists them with what becomes of each. When a new version of the SDK adds one, it is refused
until somebody has looked at it; then `python -m tests.plugins.ai.anthropic.test_surface` writes the list
anew, and the difference is there to read.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic, AsyncAnthropic

import aboveboard_anthropic
from aboveboard import StepDenied
from aboveboard_anthropic.routes import route_of
from tests.plugins.ai.anthropic.asking import asked
from tests.plugins.ai.anthropic.vendor import Reply, Vendor

LIST = Path(__file__).with_name("surface.txt")
VALUES: dict[str, Any] = {"max_tokens": 9, "file": b"x", "archive": b"x", "messages": []}
# They send nothing themselves: what they lead to goes through the methods above.
LOCAL = {
    "beta.messages.thread", "beta.messages.tool_runner",
    "beta.webhooks.parse_unverified", "beta.webhooks.unwrap",
    # Async alone: loops over sessions and environments, whose every request is refused.
    "beta.environments.work.poller", "beta.environments.work.worker",
    "beta.sessions.events.tool_runner",
}  # fmt: skip
GOVERNED = {
    "messages.create", "messages.parse", "messages.stream", "messages.count_tokens",
    "messages.batches.create", "beta.messages.create", "beta.messages.parse",
    "beta.messages.stream", "beta.messages.count_tokens", "beta.messages.batches.create",
}  # fmt: skip
# Names of models, and batches as such: ids, counts and times. `results` asks for its batch first.
PLAIN = {
    f"{root}{name}"
    for root in ("", "beta.")
    for name in (
        "models.list", "models.retrieve", "messages.batches.cancel", "messages.batches.delete",
        "messages.batches.list", "messages.batches.results", "messages.batches.retrieve",
    )
}  # fmt: skip


class Leaving(BaseException):
    """A request that would leave."""

    def __init__(self, options: Any) -> None:
        super().__init__()
        self.options = options


def record(cast_to: Any, options: Any, **_: Any) -> Any:
    raise Leaving(options)


async def arecord(cast_to: Any, options: Any, **_: Any) -> Any:
    raise Leaving(options)


def methods(resource: Any, path: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public methods of a client's resources, by their path."""
    for name in dir(type(resource)):
        if name.startswith(("_", "with_")):
            continue
        at = f"{path}.{name}".lstrip(".")
        if inspect.isfunction(inspect.getattr_static(type(resource), name)):
            if path:
                yield at, getattr(resource, name)
        elif hasattr(value := getattr(resource, name), "_client") and not name.startswith("qs"):
            yield from methods(value, at)


def options_of(method: Callable[..., Any]) -> Any:
    """The request that a method would send; None where it sends none."""
    given = {
        name: VALUES.get(name, "x1")
        for name, parameter in inspect.signature(method).parameters.items()
        if parameter.default is inspect.Parameter.empty and parameter.kind.name != "VAR_KEYWORD"
    }

    async def wait(made: Any) -> None:
        await (made.__aenter__() if hasattr(made, "__aenter__") else made)

    try:
        made = method(**given)
        if inspect.isawaitable(made) or hasattr(made, "__aenter__"):
            asyncio.run(wait(made))
        elif hasattr(made, "__enter__"):
            made.__enter__()
    except Leaving as leaving:
        return leaving.options
    except (ValueError, TypeError, anthropic.AnthropicError):
        return None
    return None


def surface(client: Any) -> dict[str, str]:
    """What becomes of each method."""
    client.request = arecord if isinstance(client, AsyncAnthropic) else record
    found = {}
    for path, method in methods(client):
        options = options_of(method)
        found[path] = "local" if options is None else route_of(options).handling
    return found


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return surface(Anthropic(api_key="sk"))


def test_the_list_is_that_of_this_version(found: dict[str, str]) -> None:
    lines = dict(line.split() for line in LIST.read_text("utf-8").splitlines())
    afound = surface(AsyncAnthropic(api_key="sk"))
    assert {**found, **afound} == lines
    assert len(found) > 380
    # The two clients have the same methods, and a few loops are async alone.
    assert {name for name in afound if name not in found} <= LOCAL
    assert all(afound[name] == handling for name, handling in found.items())


def test_what_is_not_refused_is_known(found: dict[str, str]) -> None:
    kinds: dict[str, set[str]] = {}
    for name, handling in found.items():
        kinds.setdefault(handling, set()).add(name)
    assert kinds["local"] <= LOCAL
    assert kinds["message"] | kinds["count"] | kinds["batch"] == GOVERNED
    assert kinds["plain"] == PLAIN
    assert kinds.keys() == {"batch", "count", "local", "message", "plain", "refuse"}


def test_refused_methods_bear_the_sdk_s_names() -> None:
    client = Anthropic(api_key="sk")
    client.request = record
    for path, method in methods(client):
        options = options_of(method)
        if options is not None and route_of(options).handling == "refuse":
            assert route_of(options).name == path.removeprefix("beta.")


def test_the_client_has_no_other_way_out() -> None:
    """Its own methods all come down to `request`, copies to `copy`."""
    own = {
        name
        for name in dir(Anthropic)
        if not name.startswith("_") and inspect.isfunction(inspect.getattr_static(Anthropic, name))
    }
    assert own == {
        "close", "copy", "delete", "get", "get_api_list", "is_closed", "patch", "platform_headers",
        "post", "put", "request", "with_middleware", "with_options",
    }  # fmt: skip
    client = Anthropic(api_key="sk")
    client.request = record
    for verb in (client.get, client.post, client.put, client.patch, client.delete):
        with pytest.raises(Leaving):
            verb("/v1/messages", cast_to=object)
    assert "self.copy(" in inspect.getsource(Anthropic.with_middleware)


def test_what_is_refused_does_not_leave(client: Any, vendor: Vendor) -> None:
    calls: dict[str, Callable[[], Any]] = {
        "files.upload": lambda: client.beta.files.upload(file=b"x"),
        "files.list": client.files.list,
        "skills.list": client.beta.skills.list,
        "sessions.create": lambda: client.beta.sessions.create(agent="a", environment_id="e"),
        "memory_stores.list": client.beta.memory_stores.list,
        "POST /v1/complete": lambda: client.post(
            "/v1/complete", body={"prompt": "x"}, cast_to=object
        ),
        "GET /v1/files/{id}/content": lambda: client.get(
            "/v1/files/file_011CNha8iCJcU1wXNR6q4V8w/content", cast_to=object
        ),
        "GET /v1/models/{id}/messages": lambda: client.get(
            "/v1/models/../messages", cast_to=object
        ),
        "DELETE /v1/messages": lambda: client.delete("/v1/messages", cast_to=object),
    }
    for name, call in calls.items():
        with pytest.raises(StepDenied) as stopped:
            call()
        assert stopped.value.verdict.findings[0].rule == "runtime.not_governed"
        assert f"passing=['{name}']" in str(stopped.value)
    assert not vendor.sent


def test_a_refused_call_is_let_through_by_name(vendor: Vendor, govern: Callable[..., Any]) -> None:
    client = govern(Anthropic(api_key="sk", base_url=vendor.url), passing=["files.list"])
    vendor.answers(Reply({"data": [], "has_more": False, "first_id": None, "last_id": None}))
    assert list(client.files.list()) == []
    with pytest.raises(StepDenied):
        client.files.upload(file=b"x")
    assert [each.path for each in vendor.sent] == ["/v1/files"]


def test_models_are_nobody_s_data(client: Any, vendor: Vendor) -> None:
    vendor.answers({"data": [], "has_more": False, "first_id": None, "last_id": None})
    assert list(client.models.list()) == []


def test_a_whole_url_is_judged_by_its_path(client: Any, vendor: Vendor) -> None:
    with pytest.raises(StepDenied, match="not governed"):
        client.post(f"{vendor.url}/v1/files", body={}, cast_to=object)
    for url in ("https://elsewhere.example", vendor.url.replace("http:", "https:")):
        with pytest.raises(StepDenied, match=r"messages\.create\.elsewhere"):
            client.post(f"{url}/v1/messages", body=asked(), cast_to=object)
    assert not vendor.sent


def test_the_package_says_what_it_has() -> None:
    assert aboveboard_anthropic.__all__ == ["events", "wrap"]
    with pytest.raises(AttributeError):
        _ = aboveboard_anthropic.nothing


if __name__ == "__main__":
    listed = surface(Anthropic(api_key="sk")) | surface(AsyncAnthropic(api_key="sk"))
    LIST.write_text(
        "".join(f"{name} {listed[name]}\n" for name in sorted(listed)), encoding="utf-8"
    )
