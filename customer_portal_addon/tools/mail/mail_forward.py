"""Whose mail was forwarded: the block that mail programs put above it."""

import re

_LEAD = r"^[\s>*]*"
_FROM = re.compile(
    _LEAD + r"(von|from|de)\s*\*?\s*:\s*\*?\s*(?P<who>.+)$", re.IGNORECASE
)
_OTHER = re.compile(
    _LEAD + r"(gesendet|sent|datum|date|an|to|betreff|subject|cc|kopie|antwort an"
    r"|reply-to|importance|wichtigkeit)\s*\*?\s*:",
    re.IGNORECASE,
)
# Bounded, so that no line takes long to search
_ADDRESS = re.compile(
    r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,255}\.[^\s<>()\[\],;:\"@]{1,63}"
)
MAX_LINE = 1000
_BLOCK_LINES = 8


def attached_mails(attachments):
    """Yield the mails among the files of a mail, and what they say.

    :param attachments: tuples of name and content; of a mail the content is an
        ``email.message.EmailMessage``
    :return: the header ``From``, the text, and whether it is HTML
    :rtype: Iterator[tuple[str, str, bool]]
    """
    for _name, content, *_rest in attachments:
        if hasattr(content, "get_body"):
            part = content.get_body(("plain", "html"))
            text = part.get_content() if part else ""
            is_html = bool(part) and part.get_content_subtype() == "html"
            yield str(content.get("From", "")), text, is_html


def find_forwarded(text):
    """Return who wrote the mail that a text forwards, and what.

    :param str text: of the mail, line by line
    :return: name, address and text of the original, None when there is no block
    :rtype: tuple[str, str, str] or None
    """
    lines = (text or "").splitlines()
    for number, line in enumerate(lines):
        match = is_sender_line(line) and _FROM.match(line)
        address = match and _ADDRESS.search(match["who"])
        if not address:
            continue
        end = block_end(lines, number)
        if end is None:
            continue
        name = match["who"][: address.start()].replace("mailto:", "")
        rest = lines[end:]
        if line.lstrip().startswith(">"):  # as Apple's programs quote it
            rest = [re.sub(r"^\s*> ?", "", quoted) for quoted in rest]
        content = "\n".join(rest).strip()
        return name.strip(" <([*\"'\t"), address[0].lower().strip("*"), content
    return None


def block_end(lines, start):
    """Return where a header block ends that begins in a line, None if it is none.

    At least two more of its lines are there, with Thunderbird partly above.

    :param list lines: of the text
    :param int start: number of the line with the sender
    :rtype: int or None
    """
    above = start
    while above and _is_other(lines[above - 1]):
        above -= 1
    found, end = start - above, start + 1
    for number in range(start + 1, min(start + _BLOCK_LINES + 1, len(lines))):
        if _is_other(lines[number]):
            found, end = found + 1, number + 1
        elif not lines[number].strip(" \t>*") and found >= 2:
            break
    return end if found >= 2 and end > start + 1 else None


def is_sender_line(line):
    """Tell whether a line may begin a header block."""
    return len(line) <= MAX_LINE and bool(_FROM.match(line))


def _is_other(line):
    return len(line) <= MAX_LINE and bool(_OTHER.match(line))
