"""Names that people type: their own, and that of their company."""

import re

# Nothing that a mail program would turn into a link, nor what is part of HTML
_NO_NAME = re.compile(r"[<>@:\\=\[\]{}|]|//|\w\.\w{2,}")
MAX_NAME_LENGTH = 80
_LEGAL_FORMS = frozenset(
    "ag co corp e ek ev gbr ges gmbh inc kg kgaa limited llc ltd mbh ohg partg se ug v"
    " und and u k haftungsbeschränkt".split()
)


def person_name(text):
    """Return a name as we may use it in mails, empty when it is more than a name.

    Whoever writes a mail or fills in a form chooses the name: it must not carry links
    or markup into our mails, which may go to somebody else.

    :param text: what was typed, or None
    :rtype: str
    """
    name = " ".join((text or "").split())
    name = "".join(char for char in name if char.isprintable()).strip(" \"'")
    if len(name) > MAX_NAME_LENGTH or _NO_NAME.search(name):
        return ""
    return name


def significant_words(name):
    """Return the words of a company's name, without what kind of company it is.

    :param name: what was typed, or None
    :rtype: list[str]
    """
    words = re.findall(r"[^\W_]+", (name or "").casefold())
    return [word for word in words if word not in _LEGAL_FORMS][:6]
