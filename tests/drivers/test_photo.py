"""Photos as files: nothing but the picture gets through, and what is on the disk is what its name says."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from domain.photo import PHOTO_BYTES_MAX, PHOTO_PX_MAX, is_photo_digest, photo_digest
from drivers.photo import NoPhotoError, PhotoFolder, check_photo, made_anew
from tests.pictures import claiming, jpeg


def noise(side: int) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(out, "JPEG", quality=20)
    return out.getvalue()


def test_a_photo_made_anew_holds_the_picture_and_nothing_else():
    exif = Image.Exif()
    exif[0x010E] = "where it was taken"
    given = jpeg(exif=exif.tobytes(), comment=b"by whom")
    made = made_anew(given)
    assert b"where it was taken" in given
    assert b"where it was taken" not in made
    assert b"by whom" not in made
    assert Image.open(io.BytesIO(made)).size == (320, 240)
    assert made_anew(made)


def test_a_photo_as_large_as_may_be_becomes_small_enough():
    given = noise(PHOTO_PX_MAX // 2)
    assert len(made_anew(given)) <= PHOTO_BYTES_MAX
    check_photo(jpeg(size=(PHOTO_PX_MAX, 300)))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (b"", "photo_no_picture"),
        (b"<script>alert(1)</script>", "photo_no_picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "photo_no_picture"),
        (jpeg()[:-500], "photo_no_picture"),
        (jpeg(size=(PHOTO_PX_MAX + 1, 20)), "photo_too_large"),
        (claiming(5_000, 5_000), "photo_too_large"),
        (claiming(65_000, 65_000), "photo_no_picture"),
        (jpeg() + bytes(PHOTO_BYTES_MAX), "photo_too_large"),
    ],
    ids=["nothing", "script", "png", "cut", "too_wide", "huge", "bomb", "too_long"],
)
def test_a_hostile_file_is_refused_before_it_costs_anything(given: bytes, code: str):
    for take in (check_photo, made_anew):
        with pytest.raises(NoPhotoError) as caught:
            take(given)
        assert caught.value.code == code


def test_a_photo_kept_twice_is_one_file_and_a_damaged_one_is_none(tmp_path: Path):
    folder, one = PhotoFolder(tmp_path / "photos"), jpeg(1)
    digest = folder.keep(one)
    assert digest == photo_digest(one) == folder.keep(one)
    assert [name for name, _ in folder.kept()] == [digest]
    assert folder.read(digest) == one
    folder.path(digest).write_bytes(one[:-1] + b"?")
    assert folder.read(digest) is None
    assert folder.keep(one) == digest
    assert folder.read(digest) == one, "kept again, it is whole again"


def test_only_a_digest_ever_becomes_the_name_of_a_file(tmp_path: Path):
    folder = PhotoFolder(tmp_path)
    for name in ("", "../../etc/passwd", "AB" * 32, "0" * 63, "0" * 64 + "\n"):
        assert not is_photo_digest(name)
        assert not folder.has(name)
        with pytest.raises(ValueError, match="not the digest"):
            folder.path(name)
