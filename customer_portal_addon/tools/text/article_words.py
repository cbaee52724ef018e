"""Words of a text: what is one, which are alike, and where they stand."""

import re

WORD = re.compile(r"[^\W_]+")
# longer ones are codes that nobody types
MAX_LENGTH = 60


def split_words(text):
    """Return the words of a text in lower case, as often as they occur.

    :rtype: list[str]
    """
    return [word[:MAX_LENGTH] for word in WORD.findall((text or "").lower())]


def allowed_typos(word):
    """Return how many slips are forgiven in a word of this length."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 6 else 2


def count_typos(word, other, limit):
    """Return by how many slips two words differ, at most ``limit + 1``.

    A slip is a letter too many, too few, another one, or two that changed places.
    """
    if abs(len(word) - len(other)) > limit:
        return limit + 1
    before, row = [], list(range(len(other) + 1))
    for i, letter in enumerate(word, start=1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            slips = min(
                before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted)
            )
            swapped = i > 1 and j > 1 and word[i - 2] == wanted != letter
            if swapped and letter == other[j - 2]:
                slips = min(slips, older[j - 2] + 1)
            row.append(slips)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def find_alike(word, others):
    """Return those of other words that this one may have been meant for.

    The nearest ones only: who is one slip from one word didn't mean one two slips off.

    :rtype: list[str]
    """
    limit = allowed_typos(word)
    distances = {other: count_typos(word, other, limit) for other in others}
    nearest = min(distances.values(), default=limit + 1)
    if not limit or nearest > limit:
        return []
    return [other for other, slips in distances.items() if slips == nearest]


def cut_excerpt(text, words, length=220):
    """Return the part of a text where the first of some words stand.

    :param words: in lower case
    :rtype: str
    """
    text = " ".join((text or "").split())
    if len(text) <= length:
        return text
    hits = (match.start() for match in WORD.finditer(text) if _is_in(match, words))
    start = max(0, next(hits, 0) - length // 4)
    if start:
        start = text.find(" ", start) + 1
    end = start + length
    if end >= len(text):
        return f"… {text[start:]}" if start else text
    # a text without spaces is cut where it is
    end = max(text.rfind(" ", start, end), start + length // 2)
    return f"{'… ' if start else ''}{text[start:end]} …"


def split_hits(text, words):
    """Return the pieces of a text, and of each whether it is one of the words.

    :rtype: list[tuple[str, bool]]
    """
    pieces, end = [], 0
    for match in WORD.finditer(text or ""):
        if _is_in(match, words):
            pieces += [(text[end : match.start()], False), (match[0], True)]
            end = match.end()
    pieces.append(((text or "")[end:], False))
    return [piece for piece in pieces if piece[0]]


def _is_in(match, words):
    return match[0].lower()[:MAX_LENGTH] in words
