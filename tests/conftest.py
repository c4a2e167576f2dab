"""Fixtures for every test."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

import pytest

from tests.opa_server import opa_server as run_opa_server
from tools.opa import OpaNotFoundError, find_opa

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

# Slow, and the same on every Python: `tox -e library` tries them, once.
ONCE = frozenset(
    {
        "tests/cli/test_init.py",
        "tests/cli/test_leaks.py",
        "tests/cli/test_processes.py",
        "tests/demo/test_demo.py",
        "tests/docs/test_readme.py",
        "tests/engines/test_bundle_server.py",
        "tests/engines/test_compiling.py",
        "tests/engines/test_linking.py",
        "tests/engines/test_managed.py",
        "tests/examples/test_custom_plugin.py",
        "tests/fairness/test_properties.py",
        "tests/gate/test_reloading.py",
        "tests/policies/test_checking.py",
        "tests/policies/test_determinism.py",
        "tests/policies/test_differences.py",
        "tests/policies/test_handbook.py",
        "tests/policies/test_loading.py",
        "tests/policies/test_loading_sets.py",
        "tests/policies/test_organisation.py",
        "tests/policies/test_reference.py",
        "tests/policies/test_revision.py",
        "tests/policies/test_signing.py",
        "tests/policies/test_translations.py",
        "tests/policies/test_unpacking.py",
        "tests/records/test_forgetting.py",
        "tests/records/test_minimising.py",
        "tests/records/test_opa_log.py",
        "tests/records/test_tending.py",
        "tests/records/test_writing.py",
        "tests/replay/test_judging.py",
        "tests/replay/test_memory.py",
        "tests/replay/test_running.py",
        "tests/replay/test_sources.py",
        "tests/vocab/test_modules.py",
        "tests/workbench/test_bad_input.py",
        "tests/workbench/test_checking.py",
        "tests/workbench/test_integrations.py",
        "tests/workbench/test_trying.py",
    }
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what need not be tried on every Python."""
    for item in items:
        if item.nodeid.partition("::")[0] in ONCE:
            item.add_marker("once")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio only: opa-python-client's async side is aiohttp."""
    return "asyncio"


@pytest.fixture(scope="session")
def opa_binary() -> Path:
    """A real OPA. Without one a laptop skips the test; CI fails, so that nobody is lulled."""
    try:
        return find_opa()
    except OpaNotFoundError as error:
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def opa_server(opa_binary: Path) -> Callable[..., AbstractContextManager[str]]:
    """Start OPA servers: `with opa_server(directory, bundle=True) as url:`.

    See `tests.opa_server.opa_server` for the arguments.
    """
    return functools.partial(run_opa_server, opa_binary)
