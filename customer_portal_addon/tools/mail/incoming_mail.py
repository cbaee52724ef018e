"""A mail that has just arrived, and what can be told before it is parsed."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser

from .mail_authenticity import read_verdict
from .mail_headers import (
    header_addresses,
    header_references,
    header_text,
    is_automatic,
    sender_address,
)
from .mail_limits import limit_headers

_RECIPIENTS = ("Delivered-To", "To", "Cc", "Resent-To", "Resent-Cc")


class IncomingMail:
    """Raw bytes and what their header says. Never raises, however broken it is.

    While the mail is processed, what cannot become part of a ticket is noted in
    ``put_aside``, and in ``own_addresses`` which of the ``checked_addresses`` are ours.
    """

    def __init__(self, raw):
        self.raw = raw
        self.limited, self.shortened = limit_headers(raw)
        self.headers = self._read_headers()
        self.is_automatic = is_automatic(self.headers)
        self.sender = sender_address(self.headers)
        if self.shortened & {"from", "sender", ""}:
            # what is missing may be what the mail server has looked at
            self.sender = ""
        self.verdict, self.server = read_verdict(self.headers, self.sender)
        if not self.sender:
            # from nobody, or from several: nobody's word
            self.verdict = "fail"
        self.recipients = header_addresses(self.headers, *_RECIPIENTS)
        self.references = header_references(self.headers)
        self.message_id = header_text(self.headers, "Message-Id")[:500]
        self.put_aside = []
        # of no ticket: nothing of ours looks at it
        self.is_elsewhere = False
        # the sender is not to hear what becomes of it
        self.is_silent = False
        # where the tickets stood that it leads to, by id
        self.stages = {}
        self.own_addresses = set()
        self.checked_addresses = set()
        if not self.sender and self.shortened:
            self.set_aside("too_large", ", ".join(sorted(filter(None, self.shortened))))

    def without_nul(self):
        """Return the mail with short headers, in them no NUL, which no database takes.

        :rtype: bytes
        """
        end = re.search(rb"\r?\n\r?\n", self.limited)
        end = end.start() if end else len(self.limited)
        if b"\x00" not in self.limited[:end]:
            return self.limited
        return self.limited[:end].replace(b"\x00", b"") + self.limited[end:]

    def get_trust(self, own_server):
        """Return whether the mail is from whom it says.

        Only the word of our own server counts for it; against it, anybody's.

        :param str own_server: its name, in lower case
        :return: ``pass``, ``fail`` or ``unknown``
        """
        if self.verdict == "pass" and self.server != own_server:
            return "unknown"
        return self.verdict

    def may_be_answered(self):
        """Tell whether the sender may hear what becomes of the mail.

        No machine does, and nobody who may not be who the mail says.
        """
        return not (self.is_silent or self.is_automatic or self.verdict == "fail")

    def get_answered_ids(self):
        """Return the ids of the messages that the mail answers, the direct one last.

        Without those that Odoo makes up for the addresses of its answers.

        :rtype: list[str]
        """
        return [ref for ref in self.references if "reply_to" not in ref]

    def add_found(self, references, recipients):
        """Add what another reader of the mail takes for references and recipients.

        :param list references: ids of messages, empty ones are ignored
        :param list recipients: normalised addresses
        """
        references = [*self.references, *filter(None, references)]
        self.references = list(dict.fromkeys(references))
        self.recipients = list(dict.fromkeys([*self.recipients, *recipients]))

    def _read_headers(self):
        try:
            end = re.search(rb"\r?\n\r?\n", self.limited)
            head = self.limited[: end.end()] if end else self.limited
            return BytesHeaderParser(policy=policy.SMTP).parsebytes(head)
        except Exception:  # nothing is known then
            return EmailMessage(policy=policy.SMTP)

    def text_of(self, name):
        """Return a header as a reader sees it."""
        return header_text(self.headers, name)

    def set_aside(self, reason, detail=""):
        """Note that staff have to look at the mail, or at a part of it.

        :param str reason: a key of the field of ``support.mail.aside``
        :param str detail: for staff
        """
        self.put_aside.append((reason, detail))
