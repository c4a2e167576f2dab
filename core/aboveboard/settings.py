"""Settings: explicit argument, then environment, then the project's file.

The file is `aboveboard.toml`, or a `pyproject.toml` with `[tool.aboveboard]`, in the current
directory or the nearest one above that has either; `ABOVEBOARD_CONFIG` names another. Relative
paths in it are relative to the file. Each setting `x` is `ABOVEBOARD_X` in the environment.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from aboveboard.errors import SettingsError
from aboveboard.facts import Step
from aboveboard.nearest import nearest

__all__ = ["Settings"]

_PATHS = ("organisation", "opa_binary", "opa_token_file", "opa_ca_file", "opa_cert_file",
          "opa_key_file", "record_directory", "subject_key_file", "suppression_store")  # fmt: skip
_SECRETS = ("opa_token", "subject_key")
Paths = Annotated[tuple[Path, ...], NoDecode]
Names = Annotated[tuple[str, ...] | None, NoDecode]
Revision = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Revisions = Annotated[tuple[Revision, ...], NoDecode]
Mode = Literal["enforce", "monitor"]
Unanswered = Literal["runtime.engine_unavailable", "runtime.recording_failed", "runtime.timeout"]


class Settings(BaseSettings):
    """Everything that can be set. Secrets are `SecretStr` or files, and appear in no repr."""

    model_config = SettingsConfigDict(
        env_prefix="ABOVEBOARD_",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        nested_model_default_partial_update=False,
    )

    engine: str = Field(
        default="embedded",
        pattern=r"^[a-z][a-z0-9_-]{0,63}$",
        description="which engine decides: embedded, opa, managed, or one that a plugin brings",
    )
    timeout_s: float = Field(
        default=1.0, gt=0, le=60, description="how long an OPA server may take, in seconds"
    )
    opa_url: str = Field(
        default="http://127.0.0.1:8181", description="scheme, host and port of the OPA server"
    )
    opa_token: SecretStr | None = Field(default=None, description="bearer token for the OPA server")
    opa_token_file: Path | None = Field(default=None, description="file that holds the token")
    opa_ca_file: Path | None = Field(default=None, description="authority to trust, PEM")
    opa_cert_file: Path | None = Field(default=None, description="client certificate, PEM")
    opa_key_file: Path | None = Field(default=None, description="key of the client certificate")
    mode: Mode = Field(
        default="enforce",
        description="enforce, or monitor: record what would be stopped, and let it run as it is",
    )
    modes: dict[str, Mode] = Field(
        default={},
        description="mode of single steps and purposes, by name; a purpose's goes over a step's",
    )
    budgets: dict[str, tuple[str, ...]] = Field(
        default={},
        description="lists of conditions by name, on which 'aboveboard replay --budget NAME' fails",
    )
    allow_on: dict[Step, tuple[Unanswered, ...]] = Field(
        default={},
        description="reasons for which a step, by name, may run although no answer could be had or "
        "put on record: runtime.engine_unavailable, runtime.recording_failed, runtime.timeout",
    )
    opa_binary: Path | None = Field(
        default=None,
        description="the OPA that engine 'managed' starts and that judges policies; the one on PATH if "
        "not set",
    )
    policies: Paths = Field(
        default=(), description="directories of an organisation's own policies; no other is read"
    )
    expected_revisions: Revisions = Field(
        default=(),
        description="revisions of the policies that may decide ('aboveboard bundle build' tells "
        "one); any when left out",
    )
    on_unexpected_revision: Literal["warn", "deny"] = Field(
        default="warn",
        description="what a verdict of other policies than expected gets: a finding that warns, or "
        "one that denies",
    )
    policy_compile_timeout_s: float = Field(
        default=10.0,
        gt=0,
        le=600,
        description="how long policies of further directories may take to compile, in seconds",
    )
    reload_interval_s: float | None = Field(
        default=None,
        ge=0.05,
        le=86400,
        description="how often to look for changed policies and organisation; never if not set",
    )
    organisation: Path | None = Field(
        default=None, description="the organisation's YAML: purpose register and profile"
    )
    language: str = Field(
        default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description="language of messages, BCP 47",
    )  # fmt: skip
    app: str = Field(
        default="app",
        pattern=r"^[A-Za-z0-9_.~@+-]{1,100}$",
        description="name of the application in events",
    )
    subject_key: SecretStr | None = Field(
        default=None, description="key of the pseudonyms, 16 bytes or more"
    )
    subject_key_file: Path | None = Field(default=None, description="file that holds the key")
    subject_key_id: str = Field(default="k1", description="id of the key, shown in pseudonyms")
    max_event_bytes: int = Field(
        default=1 << 20, ge=1024, description="larger events are denied, in bytes"
    )
    plugins: Names = Field(
        default=None, description="installed plugins to load, in order; all when left out"
    )
    detector: Literal["builtin", "plugins", "off"] = Field(
        default="builtin",
        description="what reads the free text of decorated steps: the built-in detector and "
        "plugins, plugins alone, or nothing",
    )
    fields: dict[str, dict[str, Any]] = Field(
        default={},
        description="what custom fields of a system hold: '<vendor>/<object>', each with its fields, "
        "each with DPV categories",
    )
    stream_piece_chars: int = Field(
        default=240,
        ge=20,
        le=100_000,
        description="longest piece of a streamed answer that waits for the end of its sentence, in "
        "characters",
    )
    suppression_store: Path | None = Field(
        default=None,
        description="file of opt-outs, erasures and duties that all processes share; none if not set",
    )
    record_directory: Path | None = Field(
        default=None, description="where each decision is recorded; nowhere if not set"
    )
    record_max_bytes: int = Field(
        default=64 << 20,
        ge=1 << 16,
        description="a file of records is closed before it grows larger, in bytes",
    )
    record_compression: Literal["none", "gzip", "zstd"] = Field(
        default="gzip",
        description="how files of records are compressed once they are closed; zstd needs "
        "aboveboard[zstd]",
    )
    record_keep_days: int | None = Field(
        default=None,
        ge=1,
        le=36_525,
        description="files whose last record is older are removed, in days; never if not set",
    )
    record_fsync: bool = Field(
        default=False,
        description="wait for the disk with each record: none is lost when the machine fails",
    )
    sinks: Literal["queued", "inline"] = Field(
        default="queued",
        description="how sinks get verdicts: by a queue each, or before the step goes on",
    )
    sink_queue_size: int = Field(
        default=1000, ge=1, description="verdicts that may wait for one sink; the next are dropped"
    )
    sink_flush_timeout_s: float = Field(
        default=5.0, ge=0, le=60, description="how long closing a gate waits for sinks, in seconds"
    )

    @field_validator("policies", "plugins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """In the environment a list is separated as PATH is."""
        return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value

    @field_validator("expected_revisions", mode="before")
    @classmethod
    def _split_revisions(cls, value: Any) -> Any:
        """In the environment by commas: a revision has a colon in it."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Argument, then environment; the file comes in through `load`."""
        return init_settings, env_settings, _FileSource(settings_cls)

    @classmethod
    def load(cls, **explicit: Any) -> Settings:
        """Read the settings.

        Args:
            explicit: settings that win over environment and file; None is "not given".

        Raises:
            SettingsError: one line for each setting that is wrong, with where it comes from.
        """
        given = {key: value for key, value in explicit.items() if value is not None}
        try:
            return cls(**given)
        except ValidationError as error:
            raise SettingsError("\n".join(map(_line, error.errors(include_input=False)))) from None

    def unrecorded(self) -> Settings:
        """These settings for a dry run: what nobody acts on is not put on record."""
        return self.model_copy(update={"record_directory": None})

    def __reduce__(self) -> Any:
        """Pickle everything but the secrets; the copy reads them anew where it wakes up."""
        had = [name for name in _SECRETS if getattr(self, name) is not None]
        return _reload, (self.model_dump(exclude_unset=True, exclude=set(_SECRETS)), had)

    def secret(self, name: Literal["opa_token", "subject_key"]) -> str | None:
        """A secret, from itself or from its file; None when neither is set.

        Raises:
            SettingsError: both are set, or the file cannot be read.
        """
        value, path = getattr(self, name), getattr(self, f"{name}_file")
        if value is not None and path is not None:
            msg = f"Set {name} or {name}_file, not both."
            raise SettingsError(msg)
        if value is not None:
            return str(value.get_secret_value())
        if path is None:
            return None
        try:
            return str(Path(path).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError):
            msg = f"{name}_file '{path}' cannot be read."
            raise SettingsError(msg) from None


def _reload(values: dict[str, Any], had: list[str]) -> Settings:
    settings = Settings.load(**values)
    for name in had:
        # A gate without its subject key would give everybody a new pseudonym, and say nothing.
        if getattr(settings, name) is None and getattr(settings, f"{name}_file") is None:
            msg = (
                f"Settings were sent here without their secret '{name}', which no pickle holds. "
                f"Set ABOVEBOARD_{name.upper()} in this process too."
            )
            raise SettingsError(msg)
    return settings


def _line(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        close = nearest(name, Settings.model_fields)
        hint = f" Did you mean '{close}'?" if close else ""
        return f"Unknown setting '{name}'.{hint} 'aboveboard init' writes a file with all of them."
    return f"Setting '{name}': {error['msg']}."


class _FileSource(PydanticBaseSettingsSource):
    """The project's file."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        found = _find()
        if found is None:
            return {}
        path, values = found
        here = path.absolute().parent
        for name in _PATHS:
            if isinstance(values.get(name), str):
                values[name] = here / values[name]
        policies = values.get("policies")
        if isinstance(policies, str):
            policies = list(filter(None, policies.split(os.pathsep)))
        if isinstance(policies, list) and all(isinstance(item, str) for item in policies):
            values["policies"] = [here / item for item in policies]
        return values


def _find() -> tuple[Path, dict[str, Any]] | None:
    named = os.environ.get("ABOVEBOARD_CONFIG")
    if named:
        return Path(named), _read(Path(named))
    here = Path.cwd()
    for directory in (here, *here.parents):
        own = directory / "aboveboard.toml"
        if own.is_file():
            return own, _read(own)
        project = directory / "pyproject.toml"
        if project.is_file():
            tool = _read(project).get("tool", {})
            # A package within a repository has a project file of its own and its settings above.
            if isinstance(tool, dict) and "aboveboard" in tool:
                if not isinstance(tool["aboveboard"], dict):
                    msg = f"{project}: [tool.aboveboard] is no table."
                    raise SettingsError(msg)
                return project, dict(tool["aboveboard"])
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        msg = f"{path}: not TOML: {error}."
    except (OSError, UnicodeDecodeError):
        msg = f"{path}: cannot be read."
    raise SettingsError(msg)
