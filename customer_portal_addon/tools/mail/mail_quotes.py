"""What of a mail is new, and what it only repeats."""

import copy
import re

from lxml import etree, html

from .mail_forward import MAX_LINE, block_end, is_sender_line

_INTRO = re.compile(
    r"^[\s>]*(am|on|le|il|el)\s.{4,300}\s(schrieb|wrote|a écrit|ha scritto|escribió)\b"
    r".{0,200}:\s*$"
    r"|^[\s>]*.{3,200}\s(schrieb am|wrote on)\s.{4,100}:\s*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^\s*-{2,}\s*(ursprüngliche nachricht|original message|original-nachricht"
    r"|originalnachricht|message d'origine)\s*-{2,}\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*_{8,}\s*$")
_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details div dl dt"
    " fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre"
    " section table tbody td tfoot th thead tr ul".split()
)
_INTRO_LINES = 3  # long addresses break the line above a quote


class _Line:
    """One line of a text, and where in the tree it begins."""

    def __init__(self):
        self.start = None  # element, its "text" or "tail", offset
        self.text = ""
        self.has_image = False
        self.is_quoted = False

    @property
    def is_empty(self):
        return not self.text.strip() and not self.has_image


def split_quotes(markup):
    """Split a mail into what was written, and the quotes and signature below it.

    Nothing is lost: both together are the mail. Answers between quotes stay where they
    are, and a mail of nothing but quotes stays whole.

    :param str markup: sanitised HTML
    :return: the new part and the quoted one as HTML, None when nothing is folded
    :rtype: tuple[str, str] | None
    """
    if not markup.strip():
        return None
    try:
        root = html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, ValueError):
        return None
    lines = _read_lines(root)
    number = _find_boundary(lines)
    if number is None:
        return None
    own, quoted = (
        etree.tostring(part, encoding="unicode", method="html")
        for part in _cut_tree(root, lines[number].start)
    )
    return own, quoted


def _read_lines(root):
    """Return the lines of a tree as a reader sees them.

    :rtype: list[_Line]
    """
    lines = [_Line()]
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        is_element = isinstance(node.tag, str)
        if event == "start" and is_element:
            if node.tag in _BLOCKS:
                lines.append(_Line())
            if node.tag == "img":
                lines[-1].has_image = True
                lines[-1].is_quoted = _is_in_quote(node)
            _add_text(lines, node, "text", node)
            continue
        if node is root:
            continue
        if is_element and node.tag in _BLOCKS:
            lines.append(_Line())
        _add_text(lines, node, "tail", node.getparent())
    return [line for line in lines if line.start or line.has_image]


def _add_text(lines, node, attribute, parent):
    """Add the text of a node, or behind it, to the lines."""
    text = getattr(node, attribute)
    if not text:
        return
    is_quoted = _is_in_quote(parent)
    is_plain = any(e.tag == "pre" for e in (parent, *parent.iterancestors()))
    offset = 0
    for number, piece in enumerate(text.split("\n") if is_plain else [text]):
        if number:
            lines.append(_Line())
        line = lines[-1]
        if piece.strip() or is_plain:
            if not line.start:
                line.start = (node, attribute, offset)
                line.is_quoted = is_quoted
            line.text += piece if is_plain else " ".join(f"|{piece}|".split())[1:-1]
        offset += len(piece) + 1


def _is_in_quote(element):
    return any(e.tag == "blockquote" for e in (element, *element.iterancestors()))


def _find_boundary(lines):
    """Return the number of the line at which quotes and signature begin, or None."""
    end = len(lines)
    for number, line in enumerate(lines):
        if not _is_quote(line) and _begins_rest(lines, number):
            end = number
            break
    for candidate in dict.fromkeys((_skip_quotes(lines, end), end)):
        while candidate < len(lines) and not lines[candidate].start:
            candidate += 1
        if candidate < len(lines) and any(
            not line.is_empty and not _is_quote(line) for line in lines[:candidate]
        ):
            return candidate
    return None


def _is_quote(line):
    return line.is_quoted or line.text.lstrip().startswith(">")


def _begins_rest(lines, number):
    """Tell whether all that follows is a quote, by its header, or the signature."""
    text = lines[number].text
    if text.rstrip() == "--" or _ORIGINAL.match(text):
        return True
    if not is_sender_line(text):
        return False
    texts = [line.text for line in lines[number : number + 10]]
    return block_end(texts, 0) is not None


def _skip_quotes(lines, end):
    """Return where the quotes begin that stand directly above a line.

    With what introduces them: who wrote when, or a line across the page.
    """
    number = end
    while number and (lines[number - 1].is_empty or _is_quote(lines[number - 1])):
        number -= 1
    has_quote = any(_is_quote(line) for line in lines[number:end])
    while number and (
        lines[number - 1].is_empty or _RULE.match(lines[number - 1].text)
    ):
        number -= 1
    for count in range(1, _INTRO_LINES + 1) if has_quote else ():
        above = [line.text.strip() for line in lines[max(0, number - count) : number]]
        intro = " ".join(above)
        if len(intro) <= MAX_LINE and _INTRO.match(intro):
            return max(0, number - count)
    if not has_quote and end == len(lines):
        return end
    return number


def _cut_tree(root, start):
    """Return copies of a tree: with all before a place, and all after it."""
    node, attribute, offset = start
    position = next(n for n, other in enumerate(root.iter()) if other is node)
    before, after = copy.deepcopy(root), copy.deepcopy(root)
    _drop_after(list(before.iter())[position], attribute, offset)
    _drop_before(list(after.iter())[position], attribute, offset)
    return before, after


def _drop_after(node, attribute, offset):
    setattr(node, attribute, getattr(node, attribute)[:offset])
    if attribute == "text":
        del node[:]
    while (parent := node.getparent()) is not None:
        if attribute == "text":
            node.tail = None
        attribute = "text"  # above, what follows goes with its tails
        for sibling in list(node.itersiblings()):
            parent.remove(sibling)
        node = parent


def _drop_before(node, attribute, offset):
    rest = getattr(node, attribute)[offset:]
    if attribute == "text":
        node.text = rest
    else:
        parent = node.getparent()
        for sibling in [*node.itersiblings(preceding=True), node]:
            parent.remove(sibling)
        parent.text = rest
        node = parent
    while (parent := node.getparent()) is not None:
        parent.text = None
        for sibling in list(node.itersiblings(preceding=True)):
            parent.remove(sibling)
        node = parent
