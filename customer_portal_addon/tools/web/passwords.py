"""Which passwords are too easy, whatever their length.

Rules for one word: too short ones are a matter of Odoo's own policy.
"""

import re

# Fewer different characters than this are one pattern, over and over
MIN_DIFFERENT = 5
# Words of that length count when the password is made of little else
MIN_WORD = 3
# What people take when they are told to take something long; lower case, no digits
COMMON = frozenset(
    """
    abc abcd abcde abcdef abcdefg access adgang admin administrator asdf asdfgh
    asdfghjkl bienvenue changeme computer default demo dragon einloggen football
    fussball geheim geheimnis guest hallo hello hund iloveyou kennwort kunde
    kundenportal letmein liebe login logmein master monkey motdepasse mypassword
    neuespasswort passw passwd password passwort portal princess qaywsx qazwsx
    qazwsxedc qwert qwerty qwertyuiop qwertz qwertzuiop root schalke schatz secret
    shadow sicher sicherespasswort sommer sonne sonnenschein spring starwars summer
    sunshine super superman support system temp temporary test testtest user welcome
    willkommen winter yxcvbn zugang zxcvbn zxcvbnm
    """.split()
)
# Characters that stand for letters
LEET = str.maketrans("@4310$57!", "aaeiossti")
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertzuiopasdfghjklyxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
)


def is_easy(password, words=()):
    """Tell whether a password is among the first that somebody would try.

    :param str password:
    :param words: names and addresses that belong to whom the password is for
    :rtype: bool
    """
    text = password.strip().lower()
    if text.isdigit() or len(set(text)) < MIN_DIFFERENT or _is_run(text):
        return True
    core = text.rstrip("0123456789!?.,-_#*+")  # a year, or what a rule demands
    own = {part for word in words for part in _get_parts(word)}
    return any(
        _is_made_of(letters, COMMON | own)
        for letters in (_get_letters(text), _get_letters(core.translate(LEET)))
    )


def _get_parts(word):
    """Return a name or address as a whole, and its parts."""
    parts = [word, word.partition("@")[0], *re.split(r"[\W_]+", word)]
    letters = (_get_letters(part.lower()) for part in parts)
    return {part for part in letters if len(part) >= MIN_WORD}


def _get_letters(text):
    return "".join(char for char in text if char.isalpha())


def _is_run(text):
    """Tell whether it is a row of the alphabet or keyboard, perhaps backwards."""
    half = text[: max(len(text) // 2, MIN_DIFFERENT)]
    return any(
        half in run * 2 and len(half) >= MIN_DIFFERENT
        for row in RUNS
        for run in (row, row[::-1])
    )


def _is_made_of(letters, words):
    """Tell whether nothing or next to nothing is left without the words."""
    if not letters:
        return True
    ends = {0}
    for end in range(MIN_WORD, len(letters) + 1):
        if any(letters[start:end] in words for start in ends if end - start <= 40):
            ends.add(end)
    return len(letters) - max(ends) < MIN_WORD
