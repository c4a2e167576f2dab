"""Policies from directories, bundle files and git; nothing of a repository is run or followed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from aboveboard.errors import PolicyError
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import bundled_directory, load_bundle
from aboveboard.replay.git import directory_at
from aboveboard.replay.sources import load_source
from tests.policies.writing import Directory, rego

MOST = "_acme_1_most := 3"


def git(where: Path, *arguments: str) -> str:
    environment = {
        **os.environ,
        **{f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }  # fmt: skip
    done = subprocess.run(
        ["git", "-C", str(where), *arguments],
        capture_output=True,
        check=True,
        text=True,
        env=environment,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two revisions of `rules/policies`: three items (tag `v1`), then two, and four on disk."""
    root = tmp_path / "shop"
    policies = Directory(root / "rules" / "policies")
    git(root, "init", "--quiet", "--initial-branch=main")
    policies.add()
    (root / "rules" / "policies" / ".gitattributes").write_text("*.rego export-ignore eol=crlf\n")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "three")
    git(root, "tag", "v1")
    policies.add(text=rego(changes={MOST: "_acme_1_most := 2"}))
    git(root, "commit", "--quiet", "-am", "two")
    policies.add(text=rego(changes={MOST: "_acme_1_most := 4"}))
    return root


def test_a_directory_a_bundle_and_the_bundled_policies(tmp_path: Path) -> None:
    place = Directory(tmp_path / "policies").add()
    found = load_source([str(place)])
    assert (found.kind, found.given) == ("directory", str(place))
    assert found.bundle.revision == load_bundle([place]).revision
    assert "ACME-1" in found.rules
    archive = tmp_path / "bundle.tar.gz"
    archive.write_bytes(write_archive(found.bundle))
    packed = load_source([str(archive)])
    assert (packed.kind, packed.given) == ("bundle", str(archive))
    assert packed.bundle.revision == found.bundle.revision
    bare = load_source(["bundled"])
    assert (bare.kind, bare.given, bare.bundle) == ("shipped", "", load_bundle())
    assert load_source(["bundled", str(place)]).bundle.revision == found.bundle.revision


def test_several_directories_make_one_set_and_those_of_plugins_come_first(tmp_path: Path) -> None:
    one = Directory(tmp_path / "one").add()
    other = Directory(tmp_path / "two").add(
        text=rego(package="organisation.second.recommendation", changes={"ACME-1": "SECOND-1"})
    )
    found = load_source([str(other)], before=[one])
    assert {"ACME-1", "SECOND-1"} <= set(found.rules)
    assert found.bundle.revision == load_bundle([one, other]).revision


def most(directory: Path) -> str:
    """How many items the policies of a directory allow."""
    assert directory.name == "policies"
    (found,) = directory.rglob("*.rego")
    text = found.read_text()
    return text[text.index("_acme_1_most := ") + 16 :].partition("\n")[0]


def test_a_revision_has_the_files_as_they_were_committed(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = repository / "rules" / "policies"
    first = git(repository, "rev-parse", "v1")
    for number, (name, expected) in enumerate(
        (("main", "2"), ("v1", "3"), ("HEAD~1", "3"), (first, "3"), (first[:12], "3"))
    ):
        assert most(directory_at(name, wanted, tmp_path / str(number))) == expected
    monkeypatch.chdir(repository / "rules")
    assert most(directory_at("main", Path("policies"), tmp_path / "a")) == "2"
    monkeypatch.chdir(repository)
    shutil.rmtree(repository / "rules")  # it is there in the revision, whatever became of it since
    assert most(directory_at("v1", Path("rules/policies"), tmp_path / "b")) == "3"
    found = load_source(["git:v1"], usual=[wanted])
    assert (found.kind, found.given) == ("git", "v1")
    assert found.bundle.revision == load_bundle([tmp_path / "b" / "policies"]).revision


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("git:--output=x:rules/policies", "names no revision"),
        ("git:", "names no revision"),
        ("git:nowhere:rules/policies", "'nowhere' is no revision of the repository"),
        ("git:main:rules/none", "Revision 'main' has no directory 'rules/none'"),
        ("git:main:rules/policies/acme_1.rego", "has no directory"),
        ("git:main:../elsewhere", "git cannot read"),
        ("nowhere", "'nowhere' is no directory of policies. Expected one, a bundle file"),
        ("nowhere.tar.gz", "nowhere.tar.gz"),
    ],
)
def test_what_is_not_there_is_said(
    repository: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.chdir(repository)
    with pytest.raises(PolicyError) as caught:
        load_source([name])
    assert said in str(caught.value)
    assert not (repository / "x").exists()


def test_outside_of_a_repository_git_says_so(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="git cannot read"):
        load_source([f"git:main:{tmp_path}"])


def test_no_hook_filter_or_link_of_a_repository_has_a_say(repository: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    git(repository, "config", "core.fsmonitor", f"touch {told}")
    git(repository, "config", "filter.bad.smudge", f"touch {told}; cat")
    (repository / "rules" / "policies" / ".gitattributes").write_text("*.rego filter=bad\n")
    git(repository, "commit", "--quiet", "-am", "filter")
    told.unlink(missing_ok=True)
    wanted = repository / "rules" / "policies"
    directory_at("main", wanted, tmp_path / "into")
    assert not told.exists()
    (wanted / "link.rego").symlink_to("/etc/passwd")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "link")
    with pytest.raises(PolicyError, match=r"'rules/policies/link\.rego' is a link"):
        directory_at("main", wanted, tmp_path / "other")


def test_what_is_wrong_with_a_revision_names_it_and_not_where_it_was_unpacked(
    repository: Path,
) -> None:
    wanted = repository / "rules" / "policies"
    (wanted / "acme_1.rego").write_text("package organisation.acme.recommendation\n\nx := \n")
    git(repository, "commit", "--quiet", "-am", "broken")
    with pytest.raises(PolicyError) as caught:
        load_source([f"git:main:{wanted}"])
    assert "policies/acme_1.rego:" in str(caught.value)
    assert "aboveboard-replay-" not in str(caught.value)


def test_a_library_takes_the_place_of_the_bundled_one(tmp_path: Path) -> None:
    root = tmp_path / "project"
    library = root / "policies" / "aboveboard_policies"
    shutil.copytree(bundled_directory(), library, ignore=shutil.ignore_patterns("__pycache__"))
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "as it is")
    place = library / "reference" / "oversight.json"
    place.write_text(place.read_text().replace("\n", " \n"))
    found = load_source([f"git:main:{library}"])
    assert found.bundle.revision == load_bundle().revision
    assert found.rules == tuple(sorted(entry.rule for entry in load_bundle().catalogue))
    (library / "aboveboard" / "topic" / "energy" / "energy.rego").unlink(missing_ok=True)
    for path in (library / "aboveboard" / "topic" / "energy").glob("*.rego"):
        path.unlink()
    with pytest.raises(PolicyError):
        load_source([str(library)])  # whose steps ask for what is gone
    with pytest.raises(PolicyError, match="Several directories hold the package 'aboveboard'"):
        load_source([str(library), f"git:main:{library}"])


def test_policies_that_would_end_the_process_are_found_in_another(tmp_path: Path) -> None:
    place = Directory(tmp_path / "policies").add(
        text=rego(changes={MOST: "_acme_1_most := count([1 | some a in numbers.range(1, 9000); some b in numbers.range(1, 9000); a == b])"})
    )  # fmt: skip
    with pytest.raises(PolicyError, match=r"did not compile and answer within 1 s"):
        load_source([str(place)], compile_timeout_s=1)
