"""Words: both languages say everything, and scripts ask only for words there are."""

import re
from importlib.resources import files

import pytest

from maps.assets import SCRIPTS
from maps.words import LOCALES, words

#: Rules whose English reason and remedy are the plan's own.
ONLY_CHINESE = ("why.", "remedy.")


@pytest.mark.parametrize("locale", LOCALES)
def test_no_word_is_empty(locale):
    empty = [key for key, word in words(locale).items() if not word.strip()]
    assert all(key.startswith(ONLY_CHINESE) and locale == "en" for key in empty)


def test_chinese_words_are_chinese():
    signs_only = {"unit.m", "page.and", "list.and"}
    for key, word in words("zh").items():
        assert key in signs_only or re.search(r"[一-鿿]", word), key


def test_places_to_fill_are_the_same():
    for key, word in words("zh").items():
        other = words("en")[key]
        assert set(re.findall(r"\{\w+\}", word)) == set(re.findall(r"\{\w+\}", other)), key


def test_scripts_ask_for_words_there_are():
    known = words("zh")
    asked = set()
    for name in SCRIPTS:
        text = (files("maps") / "static" / name).read_text(encoding="utf-8")
        asked |= set(re.findall(r'\bsay\("([\w.]+)"', text))
    assert asked
    assert asked <= set(known)
