"""Texts without personal data: what was written to one customer, for all to read."""

import re

GAP = "…"
_ADDRESS = re.compile(r"(mailto:)?[\w.+%-]+@[\w-]+(\.[\w-]+)+")
# pages that only one customer may open
_PRIVATE_PAGE = re.compile(r"https?://\S*(/my/|/web\b|token)\S*")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
# begins with + or 0; dots are those of dates and versions
_PHONE = re.compile(r"(?<![\w.,])(\+|\(?0)\d*(?:[ ()/–-]{0,3}\d){6,}(?![\w])")
_TITLED = re.compile(
    r"\b(Herrn?|Frau|Mr|Mrs|Ms)\b\.?\s+((Dr|Prof)\.\s+)*[A-ZÄÖÜ][\w'’-]+"
    r"(\s+[A-ZÄÖÜ][\w'’-]+\b(?=\s*[,.!?:;]|$))?"
)
_NUMBERED = re.compile(
    r"\b(ticket|vorgang|case)s?(nummer|-nr\.?| number| no\.?| nr\.?)?\s*[:#]?\s*\d{2,}",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\s*(sehr geehrte[rs]?|guten (tag|morgen|abend)|hallo|hi|liebe[rs]?|moin|servus"
    r"|grüß gott|dear|hello|good (morning|afternoon))\b[^,.!?:]{0,60}([,!:]+|\.?$)\s*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(mit (freundlichen|besten|herzlichen) grüßen"
    r"|(viele|beste|liebe|schöne|herzliche|freundliche) grüße|mfg\b"
    r"|(kind|best|warm) regards|regards|sincerely"
    r"|yours (sincerely|truly|faithfully)|--\s*$)",
    re.IGNORECASE,
)
# Parts of names that say nothing about whose they are
_LEGAL_FORMS = {"gmbh", "mbh", "und", "and", "inc", "ltd", "ohg", "von", "van", "der"}


def make_impersonal(text, names=(), numbers=()):
    """Return a text without what tells whom it was about.

    Addresses, phone numbers, bank accounts, names and ticket numbers become a gap;
    greetings and what stands below the text go.

    :param str text: plain text
    :param names: of people and companies
    :param numbers: of tickets, customers and the like
    :rtype: str
    """
    text = "\n".join(_cut_frame((text or "").splitlines()))
    for pattern in (_ADDRESS, _PRIVATE_PAGE, _IBAN, _PHONE, _TITLED):
        text = pattern.sub(GAP, text)
    for number in filter(None, numbers):
        text = _make_number_pattern(number).sub(GAP, text)
    text = _NUMBERED.sub(GAP, text)
    for pattern in _make_name_patterns(names):
        text = pattern.sub(GAP, text)
    return re.sub(rf"[\[(]?{GAP}[\])]?(?:[ ,]*[\[(]?{GAP}[\])]?)*", GAP, text).strip()


def _cut_frame(lines):
    """Return the lines between the greeting and the end of a letter."""
    for number, line in enumerate(lines):
        if _CLOSING.match(line.strip()):
            lines = lines[:number]
            break
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        return [_GREETING.sub("", line, count=1), *lines[number + 1 :]]
    return lines


def _make_number_pattern(number):
    """Return the pattern of a number, and of its like: HT00012 as well as HT00034."""
    prefix = re.match(r"\D*", number)[0]
    if len(prefix) >= 2 and number[len(prefix) :].isdecimal():
        return re.compile(rf"#?\b{re.escape(prefix)}\d{{3,}}\b")
    return re.compile(rf"#?(?<!\w){re.escape(number)}(?!\w)")


def _make_name_patterns(names):
    """Return the patterns of whole names, and after them of their parts.

    A part has to be written as the name is: „lang“ isn't Mr Lang.
    """
    names = {" ".join(name.split()) for name in names if name and name.strip()}
    for name in sorted(names, key=len, reverse=True):
        yield re.compile(rf"(?<!\w){re.escape(name)}(?:['’]?s)?(?!\w)", re.IGNORECASE)
    parts = {part for name in names for part in re.findall(r"[^\W\d_][\w-]{2,}", name)}
    for part in sorted(parts, key=len, reverse=True):
        if part.lower() not in _LEGAL_FORMS:
            yield re.compile(rf"(?<!\w){re.escape(part)}(?:['’]?s)?(?!\w)")
