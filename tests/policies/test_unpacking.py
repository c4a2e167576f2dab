"""A bundle file is read back as it was written, and nothing else is."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.errors import PolicyError
from aboveboard.policy import tarball
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.unpacking import read_archive
from tests.policies.test_reference import SCHEMA
from tests.policies.writing import Directory, rego

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AGAIN = "Build it again with 'aboveboard bundle build'."
RULE = "policies/acme_1.rego"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bundled policies, a rule and a reference document of an organisation."""
    directory = Directory(tmp_path_factory.mktemp("set") / "policies")
    directory.add()
    directory.reference("limits", {"most": 5, "least": 1}, SCHEMA)
    texts = {"message": "Näytä vähemmän.", "remedy": "Näytä vähemmän.", "person": ""}
    translation = {"language": "fi", "machine": "konekäännös", "reviewed_by": None}
    translation["rules"] = {"ACME-1": {"default": texts}}
    directory.add("messages/fi.json", json.dumps(translation))
    return write_archive(load_bundle([directory.path]))


def members(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        return {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]


def packed(found: dict[str, bytes], *more: tarfile.TarInfo) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, content in found.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in more:
            archive.addfile(info)
    return gzip.compress(raw.getvalue(), 1, mtime=0)


def changed(data: bytes, name: str, change: Callable[[Any], object]) -> bytes:
    """The archive with one of its JSON members changed in place."""
    found = members(data)
    value = json.loads(found[name])
    change(value)
    return packed({**found, name: json.dumps(value).encode()})


def refusal(data: bytes) -> str:
    with pytest.raises(PolicyError) as caught:
        read_archive(data)
    return str(caught.value)


def test_what_was_written(good: bytes) -> None:
    found = read_archive(good)
    assert write_archive(found) == good
    assert found.reference["limits"] == {"most": 5, "least": 1}
    said = found.catalogue.get("ACME-1")
    assert said is not None
    assert said.messages["default"]["fi"] == "Näytä vähemmän. (konekäännös)"


def test_of_the_bundled_policies_nothing_is_lost() -> None:
    before = load_bundle()
    after = read_archive(write_archive(before))
    assert (after.revision, after.data, after.schemas) == (
        before.revision,
        before.data,
        before.schemas,
    )
    assert {m.text for m in after.modules} == {m.text for m in before.modules}


def test_from_a_file_that_it_names(good: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bundle.tar.gz"
    with pytest.raises(PolicyError, match=rf"^{path}: cannot be read \(No such file"):
        read_archive(path)
    path.write_bytes(good)
    assert read_archive(path).revision == read_archive(good).revision


def test_as_people_pack_a_directory(good: bytes) -> None:
    folder = tarfile.TarInfo("./policies")
    folder.type = tarfile.DIRTYPE
    again = packed({f"./{name}": text for name, text in members(good).items()}, folder)
    assert read_archive(again).revision == read_archive(good).revision


@pytest.mark.opa
def test_as_opa_writes_it_anew(good: bytes, opa_binary: Path, tmp_path: Path) -> None:
    (tmp_path / "bundle.tar.gz").write_bytes(good)
    command = [opa_binary, "build", "--bundle", "bundle.tar.gz", "--output", "again.tar.gz"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert read_archive(tmp_path / "again.tar.gz").revision == read_archive(good).revision


CHANGES: dict[str, tuple[str, Callable[[Any], object]]] = {
    "a threshold": ("data.json", lambda data: data["reference"]["limits"].update(most=6)),
    "a text": (
        "data.json",
        lambda data: data["catalogue"]["rules"]["ACME-1"]["messages"]["default"].update(fi="Hm."),
    ),
    "a translation": (
        "data.json",
        lambda data: data["catalogue"]["rules"]["R-DM-01"]["persons"]["default"].pop("de"),
    ),
}


@pytest.mark.parametrize(("member", "change"), CHANGES.values(), ids=CHANGES)
def test_what_was_changed_has_another_revision(
    member: str, change: Callable[[Any], object], good: bytes
) -> None:
    revision = read_archive(good).revision
    said = refusal(changed(good, member, change))
    assert said.startswith(
        f"The bundle: was changed after it was built: it says that it is {revision}, and what it "
        "holds is sha256:"
    )
    assert said.endswith(AGAIN)


def test_a_rule_that_was_taken_out(good: bytes) -> None:
    found = members(good)
    del found[RULE]
    assert refusal(packed(found)) == (
        f"The bundle: its catalogue says of rules what their Rego does not. {AGAIN}"
    )


def test_a_condition_that_was_changed(good: bytes) -> None:
    found = members(good)
    found[RULE] = found[RULE].replace(b"_acme_1_most := 3", b"_acme_1_most := 9")
    assert refusal(packed(found)).startswith("The bundle: was changed after it was built")


def test_another_revision_is_stated(good: bytes) -> None:
    def state(data: Any) -> None:
        data["revision"] = "sha256:0"

    assert refusal(changed(good, ".manifest", state)) == (
        f"The bundle: its catalogue is of other policies than its manifest. {AGAIN}"
    )


def test_what_a_directory_may_not_hold_a_bundle_may_not(good: bytes) -> None:
    found = members(good)
    text = rego(imports="", changes={"count(input": "http.send(input"})
    found[RULE] = text.encode()
    first, second = refusal(packed(found)).splitlines()
    assert first.startswith(f"The bundle: {RULE}:1: Add 'import future.keywords.not' below the")
    assert second.startswith(f"The bundle: {RULE}:4: Function 'http.send' is not in the portable")
    found[RULE] = rego(package="system.authz").encode()
    assert "Package 'system.authz' is out of place" in refusal(packed(found))
    found[RULE] = b"\xff"
    assert refusal(packed(found)) == f"The bundle: {RULE}: cannot be read as UTF-8 text."
    found[RULE] = b"#" * (1 << 20) + b"#"
    assert refusal(packed(found)) == f"The bundle: {RULE}: is over 1048576 bytes."


def test_data_that_do_not_pass_their_schema(good: bytes) -> None:
    def spoil(data: Any) -> None:
        data["reference"]["limits"]["most"] = "many"

    assert refusal(changed(good, "data.json", spoil)) == (
        "The bundle: data.json: reference.limits: most: does not pass its schema (type)."
    )


def test_bundles_of_others(good: bytes) -> None:
    of_others = packed({"data.json": b"{}"})
    assert refusal(of_others) == (
        "The bundle: is no bundle of Aboveboard: it has no '.manifest', no Rego. "
        "'aboveboard bundle build' makes one."
    )
    rest = {".manifest": b'{"revision": "1", "roots": []}', "a.rego": b"package a"}
    assert refusal(packed({**rest, "data.json": b"{}"})) == (
        "The bundle: is no bundle of Aboveboard: its data are not 'reference' and 'catalogue'. "
        "'aboveboard bundle build' makes one."
    )
    assert refusal(packed({**rest, "data.json": b"[]"})) == (
        f"The bundle: 'data.json' holds no JSON object. {AGAIN}"
    )
    assert refusal(packed({**rest, "data.json": b'{"a": NaN}'})) == (
        f"The bundle: 'data.json', line 1: expected JSON; NaN is no JSON number. {AGAIN}"
    )
    assert refusal(packed({**members(good), "policy.wasm": b""})) == (
        f"The bundle: holds 'policy.wasm', which no bundle of Aboveboard has. {AGAIN}"
    )


@pytest.mark.parametrize(
    "name", ["../x.rego", "a/../../x.rego", "//x.rego", "a//x.rego", ".", "a\\x.rego", "a\n.rego"]
)
def test_names_that_lead_elsewhere(name: str, good: bytes) -> None:
    said = refusal(packed({**members(good), name: b""}))
    assert said == f"The bundle: holds {name!a}, which is no name of a file in a bundle."


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE]
)
def test_what_is_no_plain_file(kind: bytes, good: bytes) -> None:
    info = tarfile.TarInfo("x.rego")
    info.type, info.linkname = kind, "/etc/passwd"
    assert refusal(packed(members(good), info)) == (
        "The bundle: holds 'x.rego', which is no plain file. A bundle has no links."
    )


def test_a_name_given_twice(good: bytes) -> None:
    assert refusal(packed(members(good), tarfile.TarInfo(f"/{RULE}"))) == (
        f"The bundle: holds '{RULE}' twice; which one counts, nobody can say."
    )


def test_what_unpacks_to_a_lot() -> None:
    bomb = gzip.compress(bytes(tarball.MAX_BYTES + 1), 1)
    assert len(bomb) < 1 << 20
    assert refusal(bomb) == ("The bundle: unpacks to over 128 MB, which no policy bundle does.")
    assert refusal(bytes((32 << 20) + 1)) == (
        "The bundle: is over 32 MB, which no policy bundle is."
    )


def test_a_member_that_says_it_is_huge(good: bytes) -> None:
    info = tarfile.TarInfo("x.rego")
    info.size = 1 << 40
    assert refusal(packed({}, info)) == (
        "The bundle: is a damaged archive. Build or fetch it again."
    )


def test_damaged_archives(good: bytes) -> None:
    damaged = "The bundle: is a damaged archive"
    raw = gzip.decompress(good)
    for data in (
        good[:-9],
        good + b"x",
        gzip.compress(raw[: len(raw) // 2]),
        gzip.compress(raw + b"x" * 512),
        gzip.compress(raw[:1024] + b"x" * 512 + raw[1536:]),
        gzip.compress(b""),
        gzip.compress(b"x" * 5000),
    ):
        assert refusal(data).startswith(damaged), len(data)


def test_data_that_are_nested_without_end(good: bytes) -> None:
    for depth in (5_000, 200_000):
        found = members(good)
        found["data.json"] = b'{"a":' * depth
        assert refusal(packed(found)).startswith("The bundle: 'data.json', line 1: expected JSON")


@pytest.mark.nightly
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_byte_changed_is_refused_or_changes_nothing(good: bytes, data: st.DataObject) -> None:
    raw = bytearray(gzip.decompress(good))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255))
    revision = read_archive(good).revision
    try:
        found = read_archive(gzip.compress(bytes(raw), 1))
    except PolicyError as error:
        assert str(error).startswith("The bundle: ")  # noqa: PT017  (what else is raised fails)
    else:
        assert found.revision == revision


@pytest.mark.parametrize("value", ["1e999", "1" * 30, r'"\ud800"'])
def test_what_could_not_be_read_back_is_not_written(value: str, tmp_path: Path) -> None:
    directory = Directory(tmp_path / "policies")
    directory.reference("limits", {"most": 5}, SCHEMA)
    directory.add("reference/limits.json", f'{{"most": 5, "odd": {value}}}')
    with pytest.raises(
        PolicyError, match="The reference data cannot be put into a bundle: expected"
    ):
        write_archive(load_bundle([directory.path]))
