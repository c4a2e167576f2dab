"""Which steps and phases each demand is about: no rule is lost, and none moves."""

from __future__ import annotations

from aboveboard.facts import PHASES, STEPS
from aboveboard.policy.bundle import load_bundle

LETTERS = dict(zip("CPRD", STEPS, strict=True))
DEMANDS = """
R-ACC-01 R completed
R-ACCU-01 PD requested
R-ADM-01 D both
R-ADM-02 D completed
R-ADM-03 D requested
R-AID-01 RD both
R-AID-02 R completed
R-ALT-01 R completed
R-ALT-02 R completed
R-ALT-03 R completed
R-ALT-04 R completed
R-AUD-01 CPRD requested
R-COL-05 CP requested
R-COL-06 C requested
R-CONS-01 CPR requested
R-CONS-02 CP requested
R-CONS-03 CPRD requested
R-CONS-04 CR requested
R-COOK-01 C requested
R-CRED-01 PD requested
R-CRIM-01 CPD requested
R-DM-01 PR requested
R-DM-02 R requested
R-DM-03 R requested
R-DM-04 R requested
R-DPIA-01 PD requested
R-EMO-01 PR requested
R-EMO-02 R completed
R-EMP-01 P requested
R-ENE-01 RP both
R-ERA-01 CPRD requested
R-EXP-01 PRD completed
R-EXP-02 PD requested
R-FAIR-01 PRD requested
R-FAIR-02 PRD requested
R-FAIR-03 PD requested
R-FAIR-04 P requested
R-FAIR-05 R completed
R-FB-01 RD completed
R-HUM-01 RD both
R-HUM-02 R both
R-HUM-03 RD requested
R-HUM-04 R completed
R-ID-01 C requested
R-JOB-01 D requested
R-KID-01 CPD requested
R-KID-02 R completed
R-LANG-01 RD completed
R-LB-01 CPRD requested
R-LIM-01 PD completed
R-LIT-01 PRD requested
R-MAN-01 R completed
R-MAN-02 CR requested
R-MAN-03 PR both
R-MIN-01 CP requested
R-MIN-02 P completed
R-MON-01 PRD requested
R-OBJ-01 PRD requested
R-ORG-01 CPRD requested
R-PROC-01 CPR requested
R-PROF-01 P requested
R-PROH-01 PD requested
R-PROH-02 P both
R-PROH-03 C requested
R-PUR-01 PRD requested
R-PUR-02 PR requested
R-REC-01 R requested
R-RET-01 CPR requested
R-RISK-01 PD requested
R-SEC-01 CPRD requested
R-SEC-02 R both
R-SEC-03 PR requested
R-SPEC-01 CPRD requested
R-SPEC-02 CP requested
R-SPEC-03 PR both
R-SPEC-04 R requested
R-TERR-01 CPD requested
R-TRA-01 CPR requested
R-TRA-02 CR requested
R-TRF-01 CPRD requested
R-TRF-02 PR both
"""


def test_each_demand_has_its_rule_in_its_steps_and_phase() -> None:
    asked = {}
    for line in DEMANDS.split("\n")[1:-1]:
        rule, steps, phase = line.split()
        phases = set(PHASES) if phase == "both" else {phase}
        asked[rule] = ({LETTERS[letter] for letter in steps}, phases)
    kept = {entry.rule: (set(entry.steps), set(entry.phases)) for entry in load_bundle().catalogue}
    assert kept == asked
