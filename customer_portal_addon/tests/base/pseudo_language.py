"""A language in which every term of ours stands in brackets.

What people read without brackets is no term: nobody can translate it.
"""

import re
import tempfile

import polib
from lxml import html

from odoo.tools import file_path
from odoo.tools.translate import (
    JAVASCRIPT_TRANSLATION_COMMENT,
    PYTHON_TRANSLATION_COMMENT,
    TranslationImporter,
    code_translations,
)

ADDON = "customer_portal_addon"
CODE = "en_XP"
OPEN, CLOSE = "⟦", "⟧"
INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
NODE = "\0"
WORD = re.compile(r"[^\W\d_]{2,}")
# Attributes that people read or hear
READ = ("title", "placeholder", "aria-label", "alt", "data-bs-title")
# Not for people
UNREAD = ("script", "style", "noscript", "template")


class PseudoLanguage:
    """Mixed into test cases with an environment."""

    @classmethod
    def _speak_in_brackets(cls):
        """Make the language, and the only one of all websites.

        :return: the language
        """
        language = cls.env["res.lang"].create(
            {
                "name": "Brackets",
                "code": CODE,
                "iso_code": CODE,
                "url_code": "xp",
                "active": True,
            }
        )
        template = polib.pofile(file_path(f"{ADDON}/i18n/{ADDON}.pot"))
        python, script = {}, []
        for term in template:
            term.msgstr = f"{OPEN}{term.msgid}{CLOSE}"
            if PYTHON_TRANSLATION_COMMENT in term.comment:
                python[term.msgid] = term.msgstr
            if JAVASCRIPT_TRANSLATION_COMMENT in term.comment:
                script.append({"id": term.msgid, "string": term.msgstr})
        importer = TranslationImporter(cls.env.cr, verbose=False)
        with tempfile.NamedTemporaryFile(suffix=".po") as file:
            template.save(file.name)
            importer.load(file, "po", CODE)
        importer.save(overwrite=True)
        key = ADDON, CODE
        code_translations.python_translations[key] = python
        code_translations.web_translations[key] = {"messages": tuple(script)}
        cls.addClassCleanup(code_translations.python_translations.pop, key)
        cls.addClassCleanup(code_translations.web_translations.pop, key)
        cls.env["website"].search([]).write(
            {"language_ids": [(6, 0, language.ids)], "default_lang_id": language.id}
        )
        cls.env.invalidate_all()
        cls.registry.clear_all_caches()
        cls.addClassCleanup(cls.registry.clear_all_caches)
        return language


def find_bare(element):
    """Return the texts with words outside all brackets, of an element of HTML.

    :rtype: list[str]
    """
    texts = []
    for node in element.iter():
        if not isinstance(node.tag, str) or _is_unread(node):
            continue
        texts += [node.get(name) for name in READ if node.get(name)]
    texts.append(_read(element))
    return [
        " ".join(piece.split())
        for text in texts
        for piece in _outside(text).split(NODE)
        if WORD.search(piece)
    ]


def find_bare_in(source):
    """Return the same of a text, be it HTML or not."""
    return find_bare(html.fromstring(f"<div>{source}</div>"))


def _is_unread(node):
    while node is not None:
        if node.tag in UNREAD or "o_portal_chatter" in (node.get("class") or ""):
            return True
        node = node.getparent()
    return False


def _read(element):
    """Return the text of an element, its nodes divided by ``NODE``."""
    if not isinstance(element.tag, str):
        return ""
    parts = []
    if element.tag not in UNREAD:
        parts.append(element.text or "")
        for child in element:
            parts += [_read(child), child.tail or ""]
    return NODE.join(parts)


def _outside(text):
    """Return what stands outside of all brackets."""
    before = None
    while before != text:
        before, text = text, INNERMOST.sub("", text)
    return text
