"""Every public method of the SDK is governed, refused by its name, or harmless: a new one fails here."""

from __future__ import annotations

import asyncio
import inspect
import io
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.genai import types

import aboveboard_gemini
from aboveboard import Gate, StepDenied
from aboveboard.testing.recorder import Recorder
from aboveboard_gemini.refusing import RESOURCES
from tests.assistant import PURPOSE
from tests.plugins.ai.gemini.conftest import GEMINI, make
from tests.plugins.ai.gemini.serving import Vendor

GOVERNED = {
    "models.generate_content",
    "models.generate_content_stream",
    "models.embed_content",
    "models.count_tokens",
    "models.compute_tokens",
    "chats.create",  # its messages go by models.generate_content
}
HARMLESS = {
    "models.list": "names and limits of models",
    "models.get": "the same of one",
    "close": "closes the client",
    "aclose": "closes the client",
}
_FILE = {"file": io.BytesIO(b"x"), "config": {"mime_type": "text/plain"}}
_TOKEN = AnonymousCredentials()
_TOKEN.token = "t"
_IMAGE = types.Image(image_bytes=b"x", mime_type="image/png")
_PICTURE = {"model": "imagen-4", "prompt": "x"}
_MASK = types.RawReferenceImage(reference_id=1, reference_image=_IMAGE)
_STORE = "fileSearchStores/s"
REFUSED: dict[str, tuple[dict[str, Any], str | None]] = {
    "auth_tokens.create": ({}, None),
    "batches.cancel": ({"name": "batches/1"}, None),
    "batches.create": ({"model": GEMINI, "src": "files/1"}, None),
    "batches.create_embeddings": ({"model": GEMINI, "src": {"file_name": "files/1"}}, None),
    "batches.delete": ({"name": "batches/1"}, None),
    "batches.get": ({"name": "batches/1"}, None),
    "batches.list": ({}, None),
    "caches.create": ({"model": GEMINI, "config": {"contents": "x"}}, None),
    "caches.delete": ({"name": "cachedContents/1"}, None),
    "caches.get": ({"name": "cachedContents/1"}, None),
    "caches.list": ({}, None),
    "caches.update": ({"name": "cachedContents/1", "config": {"ttl": "9s"}}, None),
    "file_search_stores.create": ({}, None),
    "file_search_stores.delete": ({"name": _STORE}, None),
    "file_search_stores.documents.delete": ({"name": f"{_STORE}/documents/d"}, None),
    "file_search_stores.documents.get": ({"name": f"{_STORE}/documents/d"}, None),
    "file_search_stores.documents.list": ({"parent": _STORE}, None),
    "file_search_stores.download_media": (
        {"media_id": f"{_STORE}/media/m"},
        "files.download",
    ),
    "file_search_stores.get": ({"name": _STORE}, None),
    "file_search_stores.import_file": (
        {"file_search_store_name": _STORE, "file_name": "files/1"},
        None,
    ),
    "file_search_stores.list": ({}, None),
    "file_search_stores.upload_to_file_search_store": (
        {"file_search_store_name": _STORE, **_FILE},
        None,
    ),
    "files.delete": ({"name": "files/1"}, None),
    "files.download": ({"file": "files/1"}, None),
    "files.get": ({"name": "files/1"}, None),
    "files.list": ({}, None),
    "files.register_files": ({"auth": _TOKEN, "uris": ["gs://b/1"]}, None),
    "files.upload": (_FILE, None),
    "models.delete": ({"model": "tunedModels/1"}, None),
    "models.edit_image": (
        {**_PICTURE, "reference_images": [_MASK]},
        "models.predict",
    ),
    "models.generate_images": (_PICTURE, "models.predict"),
    "models.generate_videos": ({"model": "veo-3", "prompt": "x"}, None),
    "models.recontext_image": (
        {"model": "x", "source": types.RecontextImageSource(prompt="x", person_image=_IMAGE)},
        "models.predict",
    ),
    "models.segment_image": (
        {"model": "x", "source": types.SegmentImageSource(prompt="x", image=_IMAGE)},
        "models.predict",
    ),
    "models.update": ({"model": "tunedModels/1", "config": {"display_name": "x"}}, None),
    "models.upscale_image": (
        {"model": "imagen-4", "image": _IMAGE, "upscale_factor": "x2"},
        "models.predict",
    ),
    "operations.get": (
        {"operation": types.GenerateVideosOperation(name="models/veo-3/operations/1")},
        None,
    ),
    "tunings.cancel": ({"name": "tunedModels/1"}, None),
    "tunings.get": ({"name": "projects/p/locations/l/tuningJobs/1"}, None),
    "tunings.list": ({}, None),
    "tunings.tune": (
        {
            "base_model": GEMINI,
            "training_dataset": types.TuningDataset(gcs_uri="gs://b/1"),
        },
        None,
    ),
    "tunings.validate_reward": (
        {
            "parent": "projects/p/locations/l",
            "sample_response": types.Content(role="model", parts=[types.Part(text="x")]),
            "example": types.ReinforcementTuningExample(
                contents=[types.Content(role="user", parts=[types.Part(text="x")])]
            ),
            "single_reward_config": types.SingleReinforcementTuningRewardConfig(
                reward_name="r",
                string_match_reward_scorer=types.ReinforcementTuningStringMatchRewardScorer(),
            ),
        },
        None,
    ),
}
"""What is refused, with what it is called with here, and the name where it is not the method's own."""
_ONLY_VERTEX = {
    "models.edit_image", "models.generate_images", "models.generate_videos",
    "models.recontext_image", "models.segment_image", "models.upscale_image",
    "tunings.cancel", "tunings.get", "tunings.list", "tunings.tune", "tunings.validate_reward",
}  # fmt: skip


@pytest.fixture
def clients(vendor: Vendor, assistant: tuple[Gate, Recorder]) -> Iterator[Callable[[bool], Any]]:
    """Governed clients of the Gemini API and of Vertex AI, which reach this machine alone."""
    from google import genai

    made = [
        make(vendor.url),
        genai.Client(
            vertexai=True,
            project="p",
            location="europe-west1",
            credentials=AnonymousCredentials(),
            http_options=types.HttpOptions(base_url=vendor.url),
        ),
    ]
    for client in made:
        aboveboard_gemini.wrap(client, purpose=PURPOSE, gate=assistant[0])
    yield lambda vertex: made[vertex]
    for client in made:
        client.close()


def methods(side: Any) -> Iterator[str]:
    """Every public method of a side of the client, by its path."""
    for name, held in inspect.getmembers_static(type(side)):
        if name.startswith("_") or name in ("aio", "vertexai"):
            continue
        if not isinstance(held, property):
            yield name
        elif name not in RESOURCES:
            yield from resource(getattr(side, name), name)


def resource(held: Any, path: str) -> Iterator[str]:
    for name, member in inspect.getmembers_static(type(held)):
        if name.startswith("_") or name in ("T", "vertexai"):
            continue
        if not inspect.isfunction(member):
            yield from resource(getattr(held, name), f"{path}.{name}")
        else:
            yield f"{path}.{name}"


def called(side: Any, path: str, given: dict[str, Any]) -> None:
    held = side
    for name in path.split("."):
        held = getattr(held, name)

    async def awaiting(result: Any) -> None:
        if inspect.isawaitable(result):
            result = await result
        if hasattr(result, "__aiter__"):
            async for _ in result:
                pass

    async def one() -> None:
        await awaiting(held(**given))

    if side.__class__.__name__ == "AsyncClient":
        asyncio.run(one())
    else:
        held(**given)


@pytest.mark.parametrize("aio", [False, True], ids=["blocking", "async"])
def test_every_method_is_told(clients: Callable[[bool], Any], aio: bool) -> None:
    client = clients(False)
    found = set(methods(client.aio if aio else client))
    told = GOVERNED | set(HARMLESS) | set(REFUSED)
    assert found - told == set()
    assert told - found == {"close" if aio else "aclose"}


@pytest.mark.filterwarnings("ignore")  # experimental and deprecated methods say that they are
@pytest.mark.parametrize("aio", [False, True], ids=["blocking", "async"])
def test_what_is_refused_is_refused_by_its_name(
    clients: Callable[[bool], Any], aio: bool, vendor: Vendor
) -> None:
    wrong: dict[str, str] = {}
    for path, (given, name) in REFUSED.items():
        client = clients(path in _ONLY_VERTEX)
        try:
            called(client.aio if aio else client, path, given)
        except StepDenied as denied:
            if f"'{name or path}' of gemini is not governed" not in str(denied):
                wrong[path] = str(denied)
        except Exception as error:
            wrong[path] = repr(error)
        else:
            wrong[path] = "called"
    assert wrong == {}
    assert vendor.asked == []


@pytest.mark.parametrize("aio", [False, True], ids=["blocking", "async"])
def test_resources_with_a_client_of_their_own_are_refused(
    clients: Callable[[bool], Any], aio: bool, vendor: Vendor
) -> None:
    client = clients(False)
    side = client.aio if aio else client
    real = make("http://127.0.0.1:1")
    real_side = real.aio if aio else real
    known = [name for name in RESOURCES if hasattr(type(side), name)]
    assert "interactions" in known
    for name in known:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            genuine, stand_in = getattr(real_side, name), getattr(side, name)
        for method in dir(type(genuine)):
            if method.startswith(("_", "with_")):
                continue
            with pytest.raises(StepDenied, match=rf"'{name}\.{method}'"):
                getattr(stand_in, method)()
            with pytest.raises(StepDenied, match=rf"'{name}\.{method}'"):
                getattr(stand_in.with_raw_response, method)()
    assert vendor.asked == []
    real.close()


INSTANCES = {"instances": [{"content": "x"}]}


def test_a_resource_of_a_later_sdk_gets_no_client(clients: Callable[[bool], Any]) -> None:
    client = clients(False)
    for ask in (
        lambda: client._nextgen_client,
        lambda: client.aio._nextgen_client,
        lambda: client._api_client._httpx_client,
        lambda: asyncio.run(client._api_client._get_aiohttp_session()),
        client._api_client._websocket_base_url,
        lambda: client._api_client.request("post", "models/m:somethingNew", {"contents": []}),
        lambda: client._api_client.request("post", "somethings", {"contents": []}),
        lambda: client._api_client.request("post", "endpoints/1:predict", INSTANCES),
        lambda: client._api_client.request("post", "models/..%2Ffiles", {}),
        lambda: client._api_client.request("post", "../m:generateContent", {}),
        lambda: client._api_client.download_file("files/1:download"),
    ):
        with pytest.raises(StepDenied) as denied:
            ask()
        assert denied.value.verdict.findings[0].rule == "runtime.not_governed"


def test_websockets_are_refused(clients: Callable[[bool], Any]) -> None:
    client = clients(False)
    for ask in (
        lambda: client.aio.live.connect(model=GEMINI),
        lambda: client.aio.live.music.connect(model=GEMINI),
        client.aio.interactions.connect,
    ):
        with pytest.raises(StepDenied):
            ask()


def test_harmless_methods_go_through(
    clients: Callable[[bool], Any], vendor: Vendor, assistant: tuple[Gate, Recorder]
) -> None:
    client = clients(False)
    vendor.says({"models": [{"name": "models/m"}]})
    assert [model.name for model in client.models.list()] == ["models/m"]
    vendor.says({"name": "models/m"})
    assert client.models.get(model="m").name == "models/m"
    assert assistant[1].verdicts == ()


def test_what_a_program_lets_pass(vendor: Vendor, assistant: tuple[Gate, Recorder]) -> None:
    vendor.says({"files": [{"name": "files/1"}]})
    passing = ["files.list", "interactions.get"]
    client = aboveboard_gemini.wrap(
        make(vendor.url), purpose=PURPOSE, gate=assistant[0], passing=passing
    )
    assert [file.name for file in client.files.list()] == ["files/1"]
    vendor.says({"id": "i1", "status": "completed", "steps": []})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert client.interactions.get("i1").id == "i1"
    with pytest.raises(StepDenied):
        client.interactions.create(model=GEMINI, input="x")
    with pytest.raises(StepDenied):
        client.files.get(name="files/1")
    assert [path for path, _ in vendor.asked] == [
        "/v1beta/files",
        "/v1beta/interactions/i1?stream=false",
    ]
    client.close()
