"""Settings: argument, then environment, then file; relative paths; secrets that stay secret."""

from __future__ import annotations

import copy
import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from aboveboard.errors import SettingsError
from aboveboard.settings import Settings

KEY = "LEAKED-subject-key-0123456789"
TOKEN = "LEAKED-token"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file above, nothing in the environment."""
    for name in list(os.environ):
        if name.startswith("ABOVEBOARD_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults() -> None:
    settings = Settings.load()
    assert (settings.engine, settings.timeout_s, settings.policies) == ("embedded", 1.0, ())
    assert settings.plugins is None
    assert settings.secret("opa_token") is None


def test_argument_then_environment_then_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "aboveboard.toml", 'app = "file"\nlanguage = "fi"\ntimeout_s = 3\n')
    monkeypatch.setenv("ABOVEBOARD_APP", "environment")
    monkeypatch.setenv("ABOVEBOARD_LANGUAGE", "nl")
    settings = Settings.load(app="argument")
    assert (settings.app, settings.language, settings.timeout_s) == ("argument", "nl", 3)


def test_none_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABOVEBOARD_APP", "environment")
    assert Settings.load(app=None).app == "environment"


def test_a_table_of_the_project_file(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.aboveboard]\napp = "project"\n')
    assert Settings.load().app == "project"


def test_the_own_file_goes_before_the_project_file(tmp_path: Path) -> None:
    write(tmp_path / "aboveboard.toml", 'app = "own"\n')
    write(tmp_path / "pyproject.toml", '[tool.aboveboard]\napp = "project"\nlanguage = "fi"\n')
    assert (Settings.load().app, Settings.load().language) == ("own", "en")


@pytest.mark.parametrize("nearer", ["", "[tool.other]\n", "tool = 5\n", "[project]\nname = 'x'\n"])
def test_a_project_file_that_says_nothing_of_us_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nearer: str
) -> None:
    """Else the policies of a repository would not hold in its packages."""
    write(tmp_path / "aboveboard.toml", 'policies = ["policies"]\n')
    write(tmp_path / "packages/one/pyproject.toml", nearer)
    monkeypatch.chdir(tmp_path / "packages/one")
    assert Settings.load().policies == (tmp_path / "policies",)


def test_the_nearest_file_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "aboveboard.toml", 'app = "far"\n')
    write(tmp_path / "a/pyproject.toml", '[tool.aboveboard]\napp = "near"\n')
    (tmp_path / "a/b").mkdir()
    monkeypatch.chdir(tmp_path / "a/b")
    assert Settings.load().app == "near"


@pytest.mark.parametrize("relative", [False, True])
def test_a_file_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, relative: bool
) -> None:
    write(tmp_path / "aboveboard.toml", 'app = "here"\n')
    named = write(tmp_path / "etc/ours.toml", 'app = "named"\npolicies = ["p"]\n')
    monkeypatch.setenv("ABOVEBOARD_CONFIG", "etc/ours.toml" if relative else str(named))
    settings = Settings.load()
    assert settings.app == "named"
    assert settings.policies == (tmp_path / "etc/p",)


def test_a_named_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABOVEBOARD_CONFIG", "no/such.toml")
    with pytest.raises(SettingsError, match=r"no/such\.toml: cannot be read"):
        Settings.load()


def test_paths_are_relative_to_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path / "aboveboard.toml",
        'organisation = "org.yaml"\npolicies = ["a", "/b"]\nsubject_key_file = "key"\n',
    )
    write(tmp_path / "key", f"{KEY}\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    settings = Settings.load()
    assert settings.organisation == tmp_path / "org.yaml"
    assert settings.policies == (tmp_path / "a", Path("/b"))
    assert settings.secret("subject_key") == KEY


def test_one_directory_of_policies_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "aboveboard.toml", 'policies = "policies"\n')
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert Settings.load().policies == (tmp_path / "policies",)


def test_lists_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABOVEBOARD_POLICIES", os.pathsep.join(["a", "b"]))
    monkeypatch.setenv("ABOVEBOARD_PLUGINS", "")
    settings = Settings.load()
    assert settings.policies == (Path("a"), Path("b"))
    assert settings.plugins == ()


@pytest.mark.parametrize("where", ["argument", "file"])
def test_an_unknown_setting_has_its_nearest(tmp_path: Path, where: str) -> None:
    given: dict[str, Any] = {}
    if where == "argument":
        given["engin"] = "opa"
    else:
        write(tmp_path / "aboveboard.toml", 'engin = "opa"\n')
    with pytest.raises(SettingsError, match=r"Unknown setting 'engin'\. Did you mean 'engine'\?"):
        Settings.load(**given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("engine", "LEAKED"),
        ("timeout_s", "LEAKED"),
        ("timeout_s", "0"),
        ("timeout_s", "nan"),
        ("timeout_s", "61"),
        ("max_event_bytes", "5"),
        ("language", "LEAKED LEAKED"),
        ("app", "LEAKED app"),
        ("app", "ääni"),
        ("app", "x\n"),
        ("on_unexpected_revision", "LEAKED"),
    ],
)
def test_a_wrong_value_is_named_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"ABOVEBOARD_{name.upper()}", value)
    with pytest.raises(SettingsError, match=f"Setting '{name}'") as refused:
        Settings.load()
    assert "LEAKED" not in str(refused.value)


def test_every_wrong_setting_has_a_line() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load(engine="No engine", timeout_s=-1, nonsense=1)
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("aboveboard.toml", "app = \n"),
        ("aboveboard.toml", "app = 'x'\napp = 'y'\n"),
        ("pyproject.toml", "[tool.aboveboard\n"),
    ],
)
def test_what_is_no_toml(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path / name, text)
    with pytest.raises(SettingsError, match=f"{name}: not TOML"):
        Settings.load()


def test_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "aboveboard.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.load()


def test_a_table_that_is_none(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "tool.aboveboard = 5\n")
    with pytest.raises(SettingsError, match="no table"):
        Settings.load()


def test_secrets_are_in_no_text() -> None:
    settings = Settings.load(opa_token=TOKEN, subject_key=KEY)
    assert settings.secret("opa_token") == TOKEN
    said = [repr(settings), str(settings), repr(settings.model_dump()), settings.model_dump_json()]
    assert not [text for text in said if "LEAKED" in text]


def test_secrets_are_in_no_error() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load(opa_token=[TOKEN], subject_key={"a": KEY}, engine=TOKEN)
    assert "LEAKED" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_secrets_are_in_no_pickle(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.load(subject_key=KEY, app="sales")
    pickled = pickle.dumps(settings)
    assert b"LEAKED" not in pickled
    monkeypatch.setenv("ABOVEBOARD_SUBJECT_KEY", KEY)
    twin = pickle.loads(pickled)
    assert (twin.app, twin.secret("subject_key")) == ("sales", KEY)


def test_a_pickle_does_not_wake_up_without_its_secret() -> None:
    """The copy would call the same person by another name, and nobody would know."""
    pickled = pickle.dumps(Settings.load(subject_key=KEY))
    with pytest.raises(SettingsError, match="ABOVEBOARD_SUBJECT_KEY"):
        pickle.loads(pickled)


def test_a_pickle_keeps_what_the_file_said(tmp_path: Path) -> None:
    file = write(tmp_path / "aboveboard.toml", 'app = "sales"\npolicies = ["p"]\n')
    pickled = pickle.dumps(Settings.load())
    file.unlink()
    twin = pickle.loads(pickled)
    assert (twin.app, twin.policies) == ("sales", (tmp_path / "p",))


def test_copies_keep_their_secrets() -> None:
    settings = Settings.load(subject_key=KEY)
    for twin in (copy.copy(settings), copy.deepcopy(settings), settings.model_copy()):
        assert twin.secret("subject_key") == KEY


@pytest.mark.parametrize("name", ["opa_token", "subject_key"])
def test_a_secret_and_its_file_are_one_too_many(tmp_path: Path, name: Any) -> None:
    path = write(tmp_path / "secret", KEY)
    settings = Settings.load(**{name: KEY, f"{name}_file": path})
    with pytest.raises(SettingsError, match=f"Set {name} or {name}_file, not both"):
        settings.secret(name)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_secrets_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"subject_key_file .* cannot be read"):
        Settings.load(subject_key_file=path).secret("subject_key")


def test_every_setting_says_what_it_is_and_in_what_unit() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
    numbers = {n for n, f in Settings.model_fields.items() if f.annotation in (int, float)}
    assert numbers == {
        "timeout_s",
        "max_event_bytes",
        "policy_compile_timeout_s",
        "record_max_bytes",
        "sink_queue_size",  # in verdicts
        "sink_flush_timeout_s",
        "stream_piece_chars",
    }


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings.load().app = "x"  # type: ignore[misc]
