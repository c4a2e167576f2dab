"""The demo's pipeline as an application runs it: its own log, engine and organisation.

python examples/sales_pipeline/run.py
"""

import argparse
import sys
from pathlib import Path

import structlog
from structlog.typing import EventDict

from aboveboard import Gate, Settings, StepDenied, StepEscalated, set_default_gate
from aboveboard.demo import pipeline
from aboveboard.demo.crm import crm
from aboveboard.organisation import example

IDS = ("decision_id", "event_id", "policy_revision")


def shorten(_logger: object, _method: str, entry: EventDict) -> EventDict:
    """For eyes, leave out ids and what is empty; a log that is kept as evidence keeps them."""
    return {key: value for key, value in entry.items() if key not in IDS and value != []}


def log_to_terminal() -> None:
    """Aboveboard logs each verdict and leaves it to the application what becomes of it."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            shorten,
            structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=0),
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["embedded", "opa"], help="who decides")
    parser.add_argument("--opa-url", help="where the OPA server is")
    parser.add_argument("--organisation", type=Path, help="register and profile, YAML")
    options = parser.parse_args()
    log_to_terminal()
    # What no option says comes from ABOVEBOARD_* in the environment and from aboveboard.toml.
    settings = Settings.load(
        engine=options.engine, opa_url=options.opa_url, organisation=options.organisation
    )
    organisation = None if settings.organisation else example()
    with Gate(settings, organisation=organisation) as gate:
        set_default_gate(gate)  # the decorated functions name no gate of their own
        for contact_id in crm:
            person = crm.read(contact_id)["firstname"]
            try:
                terms = pipeline.handle(contact_id)
            except StepEscalated as escalated:
                print(f"{person}: to a colleague.\n{escalated}\n")
            except StepDenied as denied:
                print(f"{person}: left alone.\n{denied}\n")
            else:
                print(f"{person}: done, pays by {terms.pays_by}.\n")
        set_default_gate(None)


if __name__ == "__main__":
    main()
