"""AI vendors: what governing costs a call and a streamed piece, and whether it holds for long.

The real SDK of OpenAI asks a local fake (a server in a process of its own that answers at once), plain
and governed in turns, with the whole library. Then 10,000 governed calls, for the memory, and 64 streams
at once in one event loop, for its stalls.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aboveboard import Gate
from aboveboard.ai import Conversation
from aboveboard.organisation import example
from tests.assistant import HOST, MODEL, PURPOSE, TOOLS, chat_facts

__all__ = ["AiFigures", "ai_page", "ai_targets", "measure_ai"]

CALL_MS, PIECE_MS, STALL_MS = 3.0, 1.5, 25.0
ROUNDS, CALLS, LONG, STREAMS = 15, 20, 10_000, 64
SENTENCES = ("Your order is on its way to you.", "It comes on Tuesday.", "Have a good day.") * 4
ANSWER = " ".join(SENTENCES)
QUESTION = "Where is my order? I bought two chairs last week."
MASKED = "Where is my order? My e-mail is anna@example.org."

# Answers at once; a chunk is a word. A model named "paced" takes its time between words, as models do:
# where all is there at once, the SDK itself holds a loop for as long as it takes to read it.
SERVER = r"""
import http.server, json, sys, time
words = sys.argv[1].split(" ")
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    def log_message(self, *_): pass
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        base = {"id": "c1", "created": 1, "model": "gpt-5-mini-2026-08-07"}
        if asked.get("stream"):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            def chunk(delta, reason=None):
                choice = {"index": 0, "delta": delta, "finish_reason": reason}
                body = {**base, "object": "chat.completion.chunk", "choices": [choice]}
                self.wfile.write(b"data: " + json.dumps(body).encode() + b"\n\n")
                if "paced" in asked["model"]:
                    self.wfile.flush()
                    time.sleep(0.1)
            chunk({"role": "assistant", "content": ""})
            for at, word in enumerate(words):
                chunk({"content": word if not at else " " + word})
            chunk({}, "stop")
            self.wfile.write(b"data: [DONE]\n\n")
            self.close_connection = True
            return
        message = {"role": "assistant", "content": " ".join(words)}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 10, "completion_tokens": 60, "total_tokens": 70}
        body = json.dumps({**base, "object": "chat.completion", "choices": [choice], "usage": usage})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@dataclass(frozen=True, slots=True)
class AiFigures:
    """What was measured.

    Attributes:
        plain, governed: median seconds of a call.
        masked: the same of a governed call whose prompt holds an address: it is judged once more.
        plain_stream, governed_stream: median seconds of a streamed answer.
        pieces: in which it was judged.
        grown_mb: memory that 10,000 governed calls left behind, megabytes.
        stall_ms, plain_stall_ms: longest time that the event loop did nothing else, with 64 streams.
    """

    plain: float
    governed: float
    masked: float
    plain_stream: float
    governed_stream: float
    pieces: int
    grown_mb: float
    stall_ms: float
    plain_stall_ms: float

    @property
    def added_ms(self) -> float:
        """What governing adds to a call, milliseconds."""
        return (self.governed - self.plain) * 1000

    @property
    def piece_ms(self) -> float:
        """What it adds to a streamed piece: all that a stream costs more than a plain one, but for
        what is judged before it begins, which is that of a call less its one answer."""
        before = self.governed - self.plain
        return (self.governed_stream - self.plain_stream - before) * 1000 / max(1, self.pieces - 1)


def measure_ai() -> AiFigures:
    """Measure all of it."""
    import openai

    import aboveboard_openai

    facts = chat_facts()
    with served() as url, Gate(organisation=example()) as gate:
        options: dict[str, Any] = {
            "purpose": PURPOSE, "model": MODEL, "gate": gate, "host": HOST, "tools": TOOLS,
            "facts": facts,
        }  # fmt: skip
        plain = openai.OpenAI(base_url=url, api_key="made-up")
        governed = aboveboard_openai.wrap(openai.OpenAI(base_url=url, api_key="made-up"), **options)
        times: dict[str, list[float]] = {
            name: [] for name in ("plain", "governed", "masked", "ps", "gs")
        }
        pieces = 0
        for _ in range(ROUNDS):
            for _ in range(CALLS):
                times["plain"].append(_call(plain, talk(gate)))
                times["governed"].append(_call(governed, talk(gate)))
                times["masked"].append(_call(governed, talk(gate), MASKED))
            times["ps"].append(_stream(plain, talk(gate))[0])
            spent, pieces = _stream(governed, talk(gate))
            times["gs"].append(spent)
        grown = _grown(governed, gate)
        loops = [
            asyncio.run(_stall(lambda: openai.AsyncOpenAI(base_url=url, api_key="made-up"), gate)),
            asyncio.run(
                _stall(
                    lambda: aboveboard_openai.wrap(
                        openai.AsyncOpenAI(base_url=url, api_key="made-up"), **options
                    ),
                    gate,
                )
            ),
        ]
        plain.close()
        governed.close()
    median = {name: statistics.median(values) for name, values in times.items()}
    return AiFigures(
        median["plain"], median["governed"], median["masked"], median["ps"], median["gs"], pieces, grown,
        loops[1], loops[0],
    )  # fmt: skip


@contextlib.contextmanager
def served() -> Iterator[str]:
    """A fake vendor, in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, ANSWER], stdout=subprocess.PIPE, encoding="utf-8"
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        try:
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def talk(gate: Gate) -> Conversation:
    """A talk in which it was told already that an AI speaks."""
    return Conversation(
        subject=gate.pseudonym("customer-17"), language="fi",
        disclosed_at=datetime.now(UTC), disclosure_language="fi",
    )  # fmt: skip


def _messages(question: str = QUESTION) -> list[Any]:
    return [
        {"role": "system", "content": "You help customers of a shop."},
        {"role": "user", "content": question},
    ]


def _call(client: Any, conversation: Conversation, question: str = QUESTION) -> float:
    messages = _messages(question)
    with conversation:
        started = time.perf_counter()
        client.chat.completions.create(model="gpt-5-mini", messages=messages)
        return time.perf_counter() - started


def _stream(client: Any, conversation: Conversation) -> tuple[float, int]:
    """Seconds of a stream, and the pieces it was judged in."""
    messages = _messages()
    with conversation:
        started = time.perf_counter()
        for _ in client.chat.completions.create(model="gpt-5-mini", messages=messages, stream=True):
            pass
        spent = time.perf_counter() - started
    report = conversation.report
    judged = 0 if report is None else sum(v.phase == "completed" for v in report.verdicts)
    return spent, judged


def _grown(client: Any, gate: Gate) -> float:
    """Resident memory after 10,000 calls over that after 1,000, megabytes."""
    for number in range(LONG):
        if number == LONG // 10:
            gc.collect()
            before = _resident_mb()
        _call(client, talk(gate))
    gc.collect()
    return _resident_mb() - before


def _resident_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * 4096 / 1e6


async def _stall(make: Any, gate: Gate) -> float:
    """The longest pause of a loop in which 64 streams run, milliseconds."""
    gc.collect()  # what was made before is not collected in the middle of either loop
    client = make()
    longest = 0.0
    done = asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        while not done.is_set():
            started = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - started - 0.001)

    async def one(number: int) -> None:
        await asyncio.sleep(number * 0.03)  # nobody's customers all come in one moment
        with talk(gate):
            stream = await client.chat.completions.create(
                model="gpt-5-mini-paced", messages=_messages(), stream=True
            )
            async for _ in stream:
                pass

    await one(0)  # what is made once is made
    watching = asyncio.create_task(watch())
    await asyncio.gather(*(one(number) for number in range(STREAMS)))
    done.set()
    await watching
    await client.close()
    return longest * 1000


def ai_targets(found: AiFigures) -> list[tuple[str, str, str, bool]]:
    """Name, measured, limit, whether it holds."""
    return [
        ("AI, added to a call (p50)", f"{found.added_ms:.2f} ms", f"< {CALL_MS:g} ms",
         found.added_ms < CALL_MS),
        ("AI, added to a streamed piece (p50)", f"{found.piece_ms:.2f} ms", f"< {PIECE_MS:g} ms",
         found.piece_ms < PIECE_MS),
        ("AI, memory left by 9,000 further calls", f"{found.grown_mb:.1f} MB", "< 8 MB",
         found.grown_mb < 8),
        ("AI, longest loop stall, 64 streams", f"{found.stall_ms:.1f} ms", f"< {STALL_MS:g} ms",
         found.stall_ms < STALL_MS),
    ]  # fmt: skip


def ai_page(found: AiFigures) -> str:
    """The figures as Markdown."""
    return f"""## AI vendors

OpenAI's real SDK at a local fake that answers at once. A prompt with an address is judged twice: as it is, and as
it leaves, masked. An answer of 12 sentences, streamed in words, is judged in {found.pieces} pieces.

| | plain | governed | added |
|---|---:|---:|---:|
| a call | {found.plain * 1000:.2f} ms | {found.governed * 1000:.2f} ms | {found.added_ms:.2f} ms |
| a call whose prompt is masked | {found.plain * 1000:.2f} ms | {found.masked * 1000:.2f} ms | \
{(found.masked - found.plain) * 1000:.2f} ms |
| a streamed answer | {found.plain_stream * 1000:.2f} ms | {found.governed_stream * 1000:.2f} ms | \
{(found.governed_stream - found.plain_stream) * 1000:.2f} ms |
| longest stall of a loop with {STREAMS} streams | {found.plain_stall_ms:.1f} ms | \
{found.stall_ms:.1f} ms | |
"""


if __name__ == "__main__":
    from tests.benchmarks.quiet import quiet

    quiet()
    figures = measure_ai()
    print(ai_page(figures))
    print(json.dumps([list(line) for line in ai_targets(figures)], indent=1))
