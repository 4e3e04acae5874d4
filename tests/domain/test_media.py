"""What is in a printer, and which labels may be printed on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.media import Media, read_media


@pytest.mark.parametrize(
    ("loaded", "label", "takes"),
    [
        ("70x50", "70x50", True),
        ("70x50", "69.5x50", True),
        ("70x50", "100x150", False),
        ("100x150", "70x50", False),
        ("70x50", "50x70", False),
        ("80", "72x120", True),
        ("80", "80x300", True),
        ("80", "100x50", False),
        ("70x50", "70", True),
    ],
)
def test_labels_are_of_the_size_that_is_in_and_a_web_is_only_wide_enough(
    loaded: str, label: str, takes: bool
) -> None:
    assert read_media(loaded).takes(read_media(label)) is takes


@pytest.mark.parametrize(
    "text", ["", "70", "x50", "70x", "0x50", "70x0", "70 x 50", "7000x50", "７0x50", "-70x50"]
)
def test_what_is_no_size_is_refused_with_what_to_write(text: str) -> None:
    if text == "70":
        assert read_media(text) == Media(width_mm=70)
        return
    with pytest.raises(ValueError, match="70x50"):
        read_media(text)


@given(
    st.integers(1, 9999).map(lambda tenths: tenths / 10),
    st.none() | st.integers(1, 99999).map(lambda tenths: tenths / 10),
)
def test_what_is_written_is_read_as_it_was(width_mm: float, length_mm: float | None) -> None:
    media = Media(width_mm=width_mm, length_mm=length_mm)
    assert read_media(media.text) == media
