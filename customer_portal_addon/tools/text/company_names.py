"""Recognising a company by the name that somebody typed."""

import re

_LEGAL_FORMS = frozenset(
    "ag co corp e ek ev gbr ges gmbh inc kg kgaa limited llc ltd mbh ohg partg se ug v"
    " und and u k haftungsbeschränkt".split()
)


def significant_words(name):
    """Return the words of a company's name, without what kind of company it is.

    :param name: what was typed, or None
    :rtype: list[str]
    """
    words = re.findall(r"[^\W_]+", (name or "").casefold())
    return [word for word in words if word not in _LEGAL_FORMS][:6]
