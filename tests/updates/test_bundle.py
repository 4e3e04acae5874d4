"""What a machine refuses to install: said in one line with the way out, and nothing has changed."""

from __future__ import annotations

import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.store.migration import schema_version
from kiosk.store.schema import SCHEMA_VERSION as KIOSK_SCHEMA
from tests.updates.workshop import (
    SmallBuilder,
    Workshop,
    held,
    root_with,
    sign,
    small_wheel,
    what_starts,
)
from updates.build import bundle_of, needed, schemas_of
from updates.bundle import MANIFEST_NAME, SIGNATURE_NAME, Manifest, open_bundle
from updates.cli import command
from updates.install import KEY_NAME, go_back, install, trust
from updates.keys import PUBLIC_NAME, make_keys, read_public
from updates.starter import CURRENT, Release, Root, UpdateError, begin_start, main, rank

ROOT = Path(__file__).parents[2]
FLIPS = 400


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "workshop")


@pytest.fixture
def root(workshop: Workshop, tmp_path: Path) -> Root:
    """A machine on which 0.2.0 works and 0.1.0 could come back."""
    return root_with(workshop, tmp_path / "root", "0.1.0", "0.2.0")


def everything_in(root: Root) -> dict[str, bytes | str]:
    return {
        str(path.relative_to(root.path)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in root.path.rglob("*")
        if (path.is_symlink() or path.is_file()) and not path.name.endswith(".lock")
    }


def refused(root: Root, bundle: Path) -> str:
    """Return why it is refused, having seen that nothing of it is left."""
    before = everything_in(root)
    with pytest.raises(UpdateError) as told:
        install(root, bundle, builder=SmallBuilder())
    assert everything_in(root) == before
    return str(told.value)


def signed_by_somebody_else(workshop: Workshop, tmp_path: Path) -> Path:
    return Workshop(tmp_path / "elsewhere").bundle("0.3.0")


def with_a_word_of_the_manifest_changed(workshop: Workshop, tmp_path: Path) -> Path:
    path = workshop.bundle("0.3.0")
    path.write_bytes(path.read_bytes().replace(b'"floor":"0"', b'"floor":"9"'))
    return path


def with_a_byte_of_a_file_changed(workshop: Workshop, tmp_path: Path) -> Path:
    path = workshop.bundle("0.3.0")
    path.write_bytes(path.read_bytes().replace(b"VERSION = '0.3.0'", b"VERSION = '6.6.6'", 1))
    return path


def cut_off_in_the_last_file(workshop: Workshop, tmp_path: Path) -> Path:
    path = workshop.bundle("0.3.0")
    path.write_bytes(path.read_bytes()[: 512 * 6])
    return path


def empty(workshop: Workshop, tmp_path: Path) -> Path:
    path = tmp_path / "empty.bundle"
    path.write_bytes(b"")
    return path


def no_bundle_at_all(workshop: Workshop, tmp_path: Path) -> Path:
    path = tmp_path / "picture.bundle"
    path.write_bytes(b"\x89PNG" + random.Random(1).randbytes(5000))
    return path


def with_one_file_more(workshop: Workshop, tmp_path: Path) -> Path:
    path = workshop.bundle("0.3.0")
    with tarfile.open(path, "a") as tar:
        tar.add(workshop.public, "extra.whl")
    return path


def with_a_file_that_climbs_out(workshop: Workshop, tmp_path: Path) -> Path:
    """The files of a good bundle, the wheel under a name of the attacker's."""
    good, path = workshop.bundle("0.3.0"), tmp_path / "climbs.bundle"
    with tarfile.open(good) as tar, tarfile.open(path, "w") as out:
        for entry in tar.getmembers():
            if entry.name not in {MANIFEST_NAME, SIGNATURE_NAME}:
                content = tar.extractfile(entry)
                entry.name = "../../releases/0.2.0/bin/noac"
            else:
                content = tar.extractfile(entry)
            out.addfile(entry, content)
    return path


def already_here(workshop: Workshop, tmp_path: Path) -> Path:
    return workshop.bundle("0.2")


def older(workshop: Workshop, tmp_path: Path) -> Path:
    return workshop.bundle("0.1.9")


def too_far_ahead(workshop: Workshop, tmp_path: Path) -> Path:
    return workshop.bundle("0.9.0", comes_from="0.5.0")


def for_another_machine(workshop: Workshop, tmp_path: Path) -> Path:
    return workshop.bundle("0.3.0", machine="pdp11")


def for_another_python(workshop: Workshop, tmp_path: Path) -> Path:
    return workshop.bundle("0.3.0", python="2.7")


def with_no_way_back(workshop: Workshop, tmp_path: Path) -> Path:
    return workshop.bundle("0.3.0", schemas={"kiosk": 99})


CORPUS: dict[Callable[[Workshop, Path], Path], str] = {
    signed_by_somebody_else: "not signed with a key this machine trusts",
    with_a_word_of_the_manifest_changed: "not signed with a key this machine trusts",
    with_a_byte_of_a_file_changed: "is not as it was signed",
    cut_off_in_the_last_file: "cut off",
    empty: "no bundle or is cut off",
    no_bundle_at_all: "no bundle or is cut off",
    with_one_file_more: "holds more than was signed",
    with_a_file_that_climbs_out: "stands where noac-0.3.0",
    already_here: "is installed already",
    older: "`noac update back` goes to the release before",
    too_far_ahead: "update to 0.5.0 first",
    for_another_machine: "is for pdp11",
    for_another_python: "for Python 2.7",
    with_no_way_back: "no way back",
}


@pytest.mark.fault("K9")
@pytest.mark.parametrize("make", CORPUS, ids=lambda make: make.__name__)
def test_a_bundle_is_refused_with_the_reason(
    make: Callable[[Workshop, Path], Path], root: Root, workshop: Workshop, tmp_path: Path
) -> None:
    assert CORPUS[make] in refused(root, make(workshop, tmp_path))
    assert what_starts(root) == "0.2.0"


@pytest.mark.fault("K9")
def test_a_bundle_cut_off_anywhere_is_refused(root: Root, workshop: Workshop) -> None:
    whole = workshop.bundle("0.3.0").read_bytes()
    with tarfile.open(workshop.folder / "noac-0.3.0.bundle") as tar:
        last = tar.getmembers()[-1]
    end = last.offset_data + last.size
    cut = workshop.folder / "cut.bundle"
    for length in range(0, end, 97):
        cut.write_bytes(whole[:length])
        refused(root, cut)


@pytest.mark.fault("K9")
def test_a_bundle_with_any_byte_changed_is_refused_or_brings_exactly_what_was_signed(
    workshop: Workshop, tmp_path: Path
) -> None:
    good = workshop.bundle("0.3.0")
    keys, whole, chance = read_public(workshop.public), good.read_bytes(), random.Random(9)
    changed, brought = workshop.folder / "changed.bundle", tmp_path / "brought"
    brought.mkdir()
    with open_bundle(good, keys) as bundle:
        bundle.unpack(brought)
    wheel = brought / "noac-0.3.0-py3-none-any.whl"
    signed, passed = wheel.read_bytes(), 0
    for _ in range(FLIPS):
        at = chance.randrange(len(whole))
        changed.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        try:
            with open_bundle(changed, keys) as bundle:
                bundle.unpack(brought)
        except UpdateError:
            continue
        passed += 1  # the byte was one of the tar's padding
        assert wheel.read_bytes() == signed
    assert passed < FLIPS


@pytest.mark.fault("K9")
def test_a_release_that_cannot_be_built_leaves_the_one_that_works(root: Root, workshop: Workshop) -> None:
    class Broken(SmallBuilder):
        def build(self, folder: Path, wheels: Path, manifest: Manifest) -> None:
            super().build(folder, wheels, manifest)
            raise UpdateError("pip refuses the wheels; nothing has changed")

    with pytest.raises(UpdateError, match="pip refuses"):
        install(root, workshop.bundle("0.3.0"), builder=Broken())
    assert main(["--root", str(root.path)]) == 0
    assert what_starts(root) == "0.2.0"
    assert root.release("0.3.0") is None


@pytest.mark.fault("K9")
def test_too_little_room_is_said_before_anything_is_written(
    root: Root, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("updates.install.SPACE_RESERVE_BYTES", 10**18)
    assert "make room" in refused(root, workshop.bundle("0.3.0"))


def test_a_machine_that_trusts_no_key_installs_nothing(workshop: Workshop, tmp_path: Path) -> None:
    root = Root(tmp_path / "new")
    with pytest.raises(UpdateError, match="--trust"):
        install(root, workshop.bundle("0.1.0"), builder=SmallBuilder())
    assert not root.path.exists()


def test_two_keys_are_trusted_while_one_takes_the_others_place(
    root: Root, workshop: Workshop, tmp_path: Path
) -> None:
    new = Workshop(tmp_path / "new keys")
    both = tmp_path / "both.pub"
    both.write_bytes(workshop.public.read_bytes() + new.public.read_bytes())
    trust(root, both)
    install(root, new.bundle("0.3.0"), builder=SmallBuilder())
    assert what_starts(root) == "0.3.0"


def test_what_is_no_key_is_not_trusted(root: Root, tmp_path: Path) -> None:
    (tmp_path / "none.pub").write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    for name in ("none.pub", "workshop/noac-update.key"):
        with pytest.raises(UpdateError, match="holds no public key"):
            trust(root, tmp_path / name)
    assert (root.path / KEY_NAME).read_bytes() == (tmp_path / "workshop" / PUBLIC_NAME).read_bytes()


def test_a_key_pair_is_never_written_over(workshop: Workshop) -> None:
    assert workshop.key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UpdateError, match="is there already"):
        make_keys(workshop.folder)


def test_the_floor_of_a_release_holds_once_it_has_proved_itself(root: Root, workshop: Workshop) -> None:
    install(root, workshop.bundle("0.3.0", floor="0.3.0"), builder=SmallBuilder())
    begin_start(root)
    assert root.way_back(held(root)).version == "0.2.0", (
        "on trial the old one, with its holes, still comes back"
    )
    sign(root)
    begin_start(root)
    assert held(root).floor == "0.3.0"
    with pytest.raises(UpdateError, match="below the security floor 0"):
        go_back(root)
    assert "below the security floor" in refused(root, workshop.bundle("0.2.5"))


def test_going_back_is_to_the_release_before_and_can_be_undone_by_the_bundle(
    root: Root, workshop: Workshop
) -> None:
    assert go_back(root).current == "0.1.0"
    assert what_starts(root) == "0.1.0"
    with pytest.raises(UpdateError, match="no release before"):
        go_back(root)
    install(root, workshop.bundle("0.2.0"), builder=SmallBuilder())
    assert [one.reason for one in held(root).changes] == ["installed", "installed", "asked", "installed"]


def test_a_release_that_keeps_its_data_otherwise_goes_one_way(root: Root, workshop: Workshop) -> None:
    bundle = workshop.bundle("0.3.0", schemas={"kiosk": 99})
    install(root, bundle, builder=SmallBuilder(), is_one_way=True)
    told = [begin_start(root) for _ in range(5)]
    assert "cannot be taken back: 0.2.0 cannot read the data as 0.3.0 keeps them" in told[-1]
    assert what_starts(root) == "0.3.0"
    with pytest.raises(UpdateError, match="cannot read the data"):
        go_back(root)


def test_two_releases_are_kept_and_no_more(root: Root, workshop: Workshop) -> None:
    for version in ("0.3.0", "0.4.0"):
        install(root, workshop.bundle(version), builder=SmallBuilder())
        begin_start(root)
        sign(root)
        begin_start(root)
    assert sorted(one.name for one in (root.path / "releases").iterdir()) == ["0.3.0", "0.4.0"]


def test_a_second_update_waits_until_the_first_has_ended(root: Root, workshop: Workshop) -> None:
    with root.locked("update"), pytest.raises(UpdateError, match="another update is at work"):
        install(root, workshop.bundle("0.3.0"), builder=SmallBuilder())


@pytest.mark.fault("K9")
def test_with_its_state_spoilt_a_machine_still_starts_what_it_had(
    root: Root, capsys: pytest.CaptureFixture[str]
) -> None:
    (root.path / "state.json").write_bytes(b"\0" * 300)
    (root.path / CURRENT).unlink()
    assert main(["--root", str(root.path)]) == 0
    assert (root.path / CURRENT).resolve().name == "0.2.0"
    assert "cannot be read" in capsys.readouterr().err


def test_a_machine_without_releases_starts_as_it_always_did(tmp_path: Path) -> None:
    assert main(["--root", str(tmp_path)]) == 0
    assert not list(tmp_path.iterdir())


def test_versions_are_compared_as_numbers() -> None:
    assert rank("0.10") > rank("0.9.9") > rank("0.9") == rank("0.9.0")
    for text in ("", "1.", "1.0rc1", "1.0/../..", "-1", "1.2.3.4.5", "9" * 9):
        with pytest.raises(UpdateError):
            rank(text)


def test_the_bundle_says_the_data_layouts_the_programs_have(tmp_path: Path) -> None:
    wheel = tmp_path / "noac-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as held_files:
        for path in (*ROOT.glob("kiosk/store/*.py"), *ROOT.glob("hub/store/migrations/*.py")):
            held_files.write(path, str(path.relative_to(ROOT)))
    assert schemas_of(wheel) == {"kiosk": KIOSK_SCHEMA, "hub": schema_version()}
    older_one = Release(version="1", floor="0", schemas={"kiosk": 2, "hub": 1})
    assert not older_one.reads_what_is_left_by(
        Release(version="2", floor="0", schemas={"kiosk": 2, "hub": 2})
    )


def test_a_bundle_brings_what_the_programs_need_and_nothing_of_the_workshop() -> None:
    found = needed("noac", ("kiosk", "hub"))
    assert {"flask", "cryptography", "sqlalchemy", "gunicorn", "werkzeug", "bidict", "pillow"} <= found
    assert not found & {"pytest", "ruff", "playwright", "psycopg", "noac"}


def test_a_floor_above_the_release_itself_is_refused(workshop: Workshop, tmp_path: Path) -> None:
    wheel = small_wheel(tmp_path, "0.3.0")
    with pytest.raises(UpdateError, match="itself"):
        bundle_of(wheel, [wheel], workshop.key, tmp_path / "out", floor="0.4.0")


def test_status_says_what_works_what_failed_and_whether_there_is_a_way_back(
    root: Root, workshop: Workshop
) -> None:
    install(root, workshop.bundle("0.3.0"), builder=SmallBuilder())
    said = CliRunner().invoke(command, ["status", "--root", str(root.path)])
    assert "release 0.3.0: on trial, 0 of 3 starts used; healthy after 60 s" in said.output
    assert "way back: 0.2.0" in said.output
    for _ in range(4):
        begin_start(root)
    said = CliRunner().invoke(command, ["status", "--root", str(root.path)])
    assert "release 0.2.0: proved itself" in said.output
    assert "0.3.0 -> 0.2.0  failed (3 starts of 0.3.0 in a row did not prove healthy)" in said.output
    back = CliRunner().invoke(command, ["back", "--root", str(root.path)])
    assert back.exit_code == 1
    assert "Error: there is no release before this one" in back.output
