"""Words for labels: both languages travel with the request, and the plant says which are printed."""

import pytest

from domain import label_words
from domain.label_words import in_both
from domain.names import Names
from labels.words import WORDS_BAR, given_words


def test_the_bar_is_the_one_that_templates_know():
    assert label_words.BAR == WORDS_BAR


@pytest.mark.parametrize(
    ("names", "both", "zh", "en"),
    [
        (Names(zh="筒", en="cone"), "筒 cone", "筒", "cone"),
        (Names(zh="筒"), "筒", "筒", "筒"),
        (Names(en="cone"), "cone", "cone", "cone"),
        (Names(zh="kg", en="kg"), "kg", "kg", "kg"),
        (Names(zh="左|右", en="left"), "左/右 left", "左/右", "left"),
        (Names(), "", "", ""),
    ],
)
def test_a_name_is_printed_in_the_languages_wanted(names: Names, both: str, zh: str, en: str):
    text = in_both(names)
    assert (given_words(text, "both"), given_words(text, "zh-CN"), given_words(text, "en")) == (both, zh, en)
