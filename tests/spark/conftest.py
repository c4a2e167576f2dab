"""A real Spark of two cores on this machine. `tox -e spark` runs these tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.replay.records import recorded_lines, write_policies


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql")
    if not _java():
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail("Spark needs Java 17 or newer on PATH, or JAVA_HOME.", pytrace=False)
        pytest.skip("Spark needs Java 17 or newer on PATH, or JAVA_HOME.")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    scratch = tmp_path_factory.mktemp("spark")
    made = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(scratch / "warehouse"))
        .config("spark.local.dir", str(scratch / "local"))
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("OFF")
    yield made
    made.stop()
    # Its Java goes with this process; until then its pipes are open.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    java = Path(home, "bin", "java") if home else shutil.which("java")
    if java is None:
        return False
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = said.partition('"')[2].partition(".")[0]
    return version.isdecimal() and int(version) >= 17


@pytest.fixture(scope="session")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules that stop what the bundled ones allow."""
    return write_policies(tmp_path_factory.mktemp("policies"))


@pytest.fixture(scope="session")
def lines() -> list[str]:
    """Recorded decisions, each of an id of its own."""
    return recorded_lines(96)
