"""A real CRM under policies: leads read, scored, written back; an opt-out that stops the next message.

    python examples/tryton_crm/run.py

Makes and starts a Tryton of its own with made-up people; `--url` names one that runs already, with an
empty database.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from firm import OWN_FIELDS, known
from seed import NO_PROFILING, PEOPLE, Seeded, seed
from tryton_aboveboard import OptOuts, TrytonClient, wrap
from tryton_aboveboard.fields import FIELDS

from aboveboard import Gate, Settings, StepDenied, StepEscalated
from aboveboard.organisation import example

if TYPE_CHECKING:
    from tools.tryton import Tryton

ASKED = [
    "number", "party.name", "party.email", "party.tax_identifier", "amount", "comment",
    "conversion_probability", "company.party",
]  # fmt: skip
MODEL = "propensity-3.1"
Row = tuple[str, str, str, str]


class Tour:
    """The steps of a seller's day, each with what became of it."""

    def __init__(self, server: Tryton, gate: Gate) -> None:
        self.rows: list[Row] = []
        self._server = server
        self._gate = gate
        self._staff = self._client()
        self._made: Seeded = seed(self._staff)
        self._wrap = partial(wrap, gate=gate, facts=known, objections={"profiling": NO_PROFILING})

    def _client(self) -> TrytonClient:
        server = self._server
        return TrytonClient(server.url, server.database, server.user, server.password)

    def read(self) -> None:
        """A page of leads for the sales team."""
        client = self._wrap(self._client(), purpose="contact_management")
        leads = client.search_read("sale.opportunity", [["state", "=", "lead"]], ASKED)
        for lead in leads:
            got = set(_names(lead))
            cut = [_why(name) for name in ASKED if name not in got]
            self._add("read", lead["party."]["name"], "allow", f"without {', '.join(cut)}")

    def score(self) -> None:
        """Each lead scored, and the score written back."""
        client = self._wrap(self._client(), purpose="lead_scoring", model=MODEL, recipient="crm")
        for lead, (name, *_) in zip(self._made.leads, PEOPLE, strict=True):
            self._try("score", name, partial(self._score, client, lead))

    def _score(self, client: TrytonClient, lead: int) -> str:
        (record,) = client.read("sale.opportunity", [lead], ["amount"])
        score = 0.9 if record["amount"] > 5000 else 0.4  # a model would stand here
        client.write("sale.opportunity", [lead], {"conversion_probability": score})
        (now,) = self._staff.read("sale.opportunity", [lead], ["conversion_probability"])
        return f"conversion_probability is {now['conversion_probability']}"

    def leave(self) -> None:
        """Aino leaves the newsletter in Tryton, and is put on another list."""
        opt_outs = OptOuts(self._client(), self._gate)
        opt_outs.poll()
        self._staff.write("marketing.email", self._made.subscriptions[:1], {"active": False})
        told = opt_outs.poll()
        self._add("opt-out", PEOPLE[0][0], "recorded", f"{len(told.decided)} change from Tryton")
        (offers,) = self._staff.create("marketing.email.list", {"name": "Offers"})
        client = self._wrap(self._client(), purpose="direct_marketing")
        for name, address, *_ in PEOPLE:
            self._try("enrol", name, partial(self._enrol, client, address, offers))

    def _enrol(self, client: TrytonClient, address: str, to: int) -> str:
        client.create("marketing.email", {"email": address, "list_": to})
        return "on the list of offers"

    def _try(self, step: str, name: str, act: Callable[[], str]) -> None:
        try:
            self._add(step, name, "allow", act())
        except (StepDenied, StepEscalated) as stopped:
            rules = dict.fromkeys(finding.rule for finding in stopped.verdict.stopping())
            self._add(step, name, stopped.verdict.effect, ", ".join(rules))

    def _add(self, *row: str) -> None:
        step, name, effect, more = row
        self.rows.append((step, name, effect, more))


def _why(name: str) -> str:
    kind = FIELDS.kind("sale.opportunity", name)
    if kind.categories is None:
        return f"{name} (unknown)"
    return f"{name} (its text)" if kind.free_text else name


def _names(record: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in record.items():
        if key.endswith("."):
            yield from _names(value or {}, prefix + key)
        else:
            yield prefix + key


@contextmanager
def tryton(options: argparse.Namespace, directory: Path) -> Iterator[Tryton]:
    """The one that the options name, or one of our own."""
    sys.path.append(str(Path(__file__).resolve().parents[2]))  # the project's root
    from tools.tryton import Tryton, find_tryton, tryton_server

    if options.url:
        password = options.password_file.read_text("utf-8").strip()
        yield Tryton(options.url, options.database, options.user, password)
        return
    print("Starting Tryton; the first time it is fetched, and its database made.", file=sys.stderr)
    with tryton_server(find_tryton(), directory) as server:
        yield server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a Tryton that runs: http://localhost:8000")
    parser.add_argument("--database", default="crm", help="its database, with modules but empty")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password-file", type=Path, help="file with the user's password")
    options = parser.parse_args()
    if options.url and not options.password_file:
        parser.error("--url needs --password-file")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as scratch, tryton(options, Path(scratch)) as server:
        settings = Settings.load(
            plugins=(),
            subject_key="of this tour and no other",
            suppression_store=Path(scratch) / "suppression.sqlite",
            fields=OWN_FIELDS,
        )
        with Gate(settings, organisation=example()) as gate:
            tour = Tour(server, gate)
            tour.read()
            tour.score()
            tour.leave()
    for step, name, effect, more in tour.rows:
        print(f"{step:8} {name:13} {effect:9} {more}")


if __name__ == "__main__":
    main()
