"""The web service: one page, and one path to talk by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant import Assistant, Talk
from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

PAGE = Path(__file__).with_name("page.html")


class Message(BaseModel):
    """What the page sends."""

    talk: str | None = None
    text: str = Field(min_length=1, max_length=2000)


def make_app(assistant: Assistant) -> FastAPI:
    """The service of one assistant. Behind a load balancer a store would keep `Conversation.to_json`."""
    app = FastAPI()
    talks: dict[str, Talk] = {}

    @app.get("/", response_class=HTMLResponse)
    def page() -> str:
        return PAGE.read_text(encoding="utf-8")

    @app.post("/chat")
    def chat(message: Message) -> dict[str, Any]:
        talk = talks.get(message.talk or "")
        if message.talk is not None and talk is None:
            raise HTTPException(404, "There is no such talk.")
        if talk is None:
            talk = assistant.start("customer-17")
            talks[talk.conversation.id] = talk
        reply = assistant.reply(talk, message.text)
        return {
            "talk": talk.conversation.id,
            "text": reply.text,
            "why": reply.why,
            "stopped": reply.stopped,
            "marking": reply.report.get("marking"),
        }

    return app
