"""What plugins of AI vendors are made of. Everything here is public, for plugins of others too.

    guard = Guard("acme", GuardOptions(purpose="service_chat", model="service-assistant"))
    governed = guard.begin(ModelCall("chat", texts=[PromptText("user", Text(message, "content"))]))
    response = send(...)
    governed.end(ModelAnswer(texts=[Text(response, "text")]), response)

A plugin tells the calls of its vendor as `ModelCall`s and the answers as `ModelAnswer`s or, of streams,
as `Chunk`s; what is judged, masked, shown and held back is the same for all of them.
"""

from aboveboard.ai.calls import (
    Chunk,
    ModelAnswer,
    ModelCall,
    Outcome,
    Place,
    PromptText,
    Role,
    StreamReader,
    ToolCall,
)
from aboveboard.ai.conversation import Conversation, current_conversation
from aboveboard.ai.exchange import GovernedCall
from aboveboard.ai.guard import AnswerStep, Facts, Guard, GuardKeywords, GuardOptions
from aboveboard.ai.handing import Handover, HandoverHandler, ThreadText
from aboveboard.ai.marking import DIGITAL_SOURCE_TYPE, marking
from aboveboard.ai.recorded import recorded_events
from aboveboard.ai.refusals import OnStopped, is_refusal, refusal
from aboveboard.ai.report import Report
from aboveboard.ai.texts import Text, strings, value_of
from aboveboard.ai.tools import Tool
from aboveboard.ai.turn import Turn

__all__ = [
    "DIGITAL_SOURCE_TYPE",
    "AnswerStep",
    "Chunk",
    "Conversation",
    "Facts",
    "GovernedCall",
    "Guard",
    "GuardKeywords",
    "GuardOptions",
    "Handover",
    "HandoverHandler",
    "ModelAnswer",
    "ModelCall",
    "OnStopped",
    "Outcome",
    "Place",
    "PromptText",
    "Report",
    "Role",
    "StreamReader",
    "Text",
    "ThreadText",
    "Tool",
    "ToolCall",
    "Turn",
    "current_conversation",
    "is_refusal",
    "marking",
    "recorded_events",
    "refusal",
    "strings",
    "value_of",
]
