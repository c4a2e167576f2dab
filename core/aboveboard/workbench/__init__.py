"""The policy workbench: judges policies and runs their tests before anybody decides by them.

`checking.check` is behind `aboveboard policies check`, `trying.try_out` behind `aboveboard policies
test`. Both give a `report.Report`; `formats` writes one as text, JSON, SARIF, JUnit or GitHub annotations.
"""
