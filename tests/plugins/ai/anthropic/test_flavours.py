"""The SDK's clients for other platforms: who runs the model, where, and in which region.

Only the facts are tried, and the shape of what is sent, against a local server: none of the platforms.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import pytest
from anthropic import (
    Anthropic,
    AnthropicBedrock,
    AnthropicFoundry,
    AnthropicVertex,
    AsyncAnthropicBedrock,
    AsyncAnthropicVertex,
)

from aboveboard import StepEscalated
from aboveboard_anthropic.places import Where, where
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.anthropic.asking import ANNA, PRESSED, asked
from tests.plugins.ai.anthropic.vendor import Reply, Vendor, events_of, message

pytestmark = pytest.mark.anyio
BEDROCK = "anthropic.claude-sonnet-4-5-20250929-v1:0"


def bedrock(kind: Any = AnthropicBedrock, **more: Any) -> Any:
    return kind(api_key="k", aws_region="eu-north-1", max_retries=0, **more)


def vertex(kind: Any = AnthropicVertex, **more: Any) -> Any:
    region = more.pop("region", "europe-north1")
    return kind(region=region, project_id="p", access_token="t", max_retries=0, **more)


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (Anthropic(api_key="k"), Where("api.anthropic.com", True)),
        (Anthropic(api_key="k", base_url="HTTP://LocalHost:99/x"), Where("localhost", None)),
        (Anthropic(api_key="k", base_url="http://[::1]:99"), Where("::1", None)),
        (Anthropic(api_key="k", base_url="http://llm.intern"), Where("llm.intern", False)),
        (
            bedrock(),
            Where("bedrock-runtime.eu-north-1.amazonaws.com", True, "eu-north-1", "aws_bedrock"),
        ),
        (
            bedrock(AsyncAnthropicBedrock),
            Where("bedrock-runtime.eu-north-1.amazonaws.com", True, "eu-north-1", "aws_bedrock"),
        ),
        (
            vertex(),
            Where(
                "europe-north1-aiplatform.googleapis.com", True, "europe-north1", "google_vertex"
            ),
        ),
        (
            vertex(AsyncAnthropicVertex, region="global"),
            Where("aiplatform.googleapis.com", True, "global", "google_vertex"),
        ),
        (
            AnthropicFoundry(api_key="k", resource="shop"),
            Where("shop.services.ai.azure.com", True, None, "azure_foundry"),
        ),
    ],
)
def test_a_client_says_where_it_goes(client: Any, expected: Where) -> None:
    assert where(client, "/v1/messages?next=https://elsewhere.example/") == expected


@pytest.mark.parametrize(
    ("model", "region"),
    [
        (BEDROCK, "eu-north-1"),
        (f"eu.{BEDROCK}", "eu"),
        (f"global.{BEDROCK}", "global"),
        (f"us-gov.{BEDROCK}", "us-gov"),
        (f"arn:aws:bedrock:eu-north-1::foundation-model/{BEDROCK}", "eu-north-1"),
        (f"arn:aws:bedrock:eu-north-1:12:inference-profile/eu.{BEDROCK}", "eu"),
        ("arn:aws:bedrock:eu-north-1:12:application-inference-profile/ab12", None),
    ],
)
def test_a_profile_of_bedrock_answers_anywhere_in_its_area(model: str, region: str | None) -> None:
    assert where(bedrock(), "/v1/messages").asking(model, None).region == region


def test_a_call_may_ask_for_a_region() -> None:
    place = where(Anthropic(api_key="k"), "/v1/messages")
    assert place.asking("claude-opus-5-5", "us").region == "us"
    assert place.asking("claude-opus-5-5", None).region is None


def frames(events: Iterator[dict[str, Any]]) -> list[bytes]:
    """Events as Bedrock frames them (AWS event stream)."""

    def frame(event: dict[str, Any]) -> bytes:
        named = {
            ":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"
        }  # fmt: skip
        headers = b"".join(
            struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
            for name, value in named.items()
        )  # fmt: skip
        payload = json.dumps(
            {"bytes": base64.b64encode(json.dumps(event).encode()).decode()}
        ).encode()
        prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
        start = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + payload
        return start + struct.pack("!I", zlib.crc32(start))

    return [frame(event) for event in events if event["type"] != "ping"]


AWS = {"content-type": "application/vnd.amazon.eventstream"}


def test_bedrock_is_judged_before_the_sdk_changes_path_and_body(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    client = govern(bedrock(base_url=vendor.url))
    vendor.answers(message(f"Hei {ANNA}"))
    answer = client.messages.create(**asked(f"Olen {ANNA}") | {"model": f"eu.{BEDROCK}"})
    assert answer.content[0].text == f"{DISCLOSURE_FI}\n\nHei {ANNA}"
    assert vendor.sent[0].path == f"/model/eu.{BEDROCK}/invoke"
    assert "model" not in vendor.bodies[0]
    assert ANNA not in vendor.sent[0].raw.decode()


def test_streams_of_bedrock_are_judged(vendor: Vendor, govern: Callable[..., Any]) -> None:
    pytest.importorskip("botocore")
    client = govern(bedrock(base_url=vendor.url))
    given = asked(f"Olen {ANNA}") | {"model": f"eu.{BEDROCK}"}
    vendor.answers(Reply(frames(events_of(message("Hei. Tilaus tulee."))), headers=AWS))
    with client.messages.stream(**given) as stream:
        assert stream.get_final_text() == f"{DISCLOSURE_FI}\n\nHei. Tilaus tulee."
    vendor.answers(Reply(frames(events_of(message(f"Hei. {PRESSED}"))), headers=AWS))
    shown: list[str] = []
    with client.messages.stream(**given) as stream, pytest.raises(StepEscalated):
        shown.extend(stream.text_stream)
    assert "vain" not in "".join(shown)


async def test_async_streams_of_bedrock_are_judged(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    pytest.importorskip("botocore")
    vendor.answers(Reply(frames(events_of(message("Hei. Tilaus tulee."))), headers=AWS))
    given = asked() | {"model": f"eu.{BEDROCK}"}
    async with (
        bedrock(AsyncAnthropicBedrock, base_url=vendor.url) as made,
        govern(made).messages.stream(**given) as stream,
    ):
        assert await stream.get_final_text() == f"{DISCLOSURE_FI}\n\nHei. Tilaus tulee."


def test_vertex_is_judged_before_the_sdk_changes_path_and_body(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    client = govern(vertex(base_url=vendor.url, region="eu"))
    vendor.streams(message("Hei @@."))
    with client.messages.stream(**asked(f"Olen {ANNA}")) as stream:
        assert stream.get_final_text() == f"{DISCLOSURE_FI}\n\nHei {ANNA}."
    assert vendor.sent[0].path.endswith(":streamRawPredict")
    copied = client.with_options(timeout=3)
    vendor.answers(message(PRESSED))
    with pytest.raises(StepEscalated):
        copied.messages.create(**asked())


def test_the_platforms_that_anthropic_runs_are_its_own() -> None:
    kind = getattr(anthropic, "AnthropicAWS", None)
    if kind is None:
        pytest.skip("this version has none")
    client = kind(api_key="k", aws_region="eu-north-1", workspace_id="w")
    found = where(client, "/v1/messages")
    # Where a model answers is what the call and the answer say, not where the platform stands.
    assert (found.region, found.vendor) == (None, None)
