"""Raw mails as they really come, each with what has to become of it.

``{ref}`` stands for the id of a message of the ticket T, ``{ack}`` for that of its
confirmation, ``{note}`` for that of an internal note, ``{stage}`` for that of a stage's
mail, ``{number}`` for its number. T is Ben's (of Adler), waits on the customer, and
Gesa takes part in it.
"""

import base64

TO = "hotline@desk.example"
MX = "Authentication-Results: mx.vendor.example;"
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)
BEN, GESA, ANNA = "ben@adler.example", "gesa@adler.example", "anna@adler.example"
EMIL, NEW, AGENT = "emil@braun.example", "nora@new.example", "agent@vendor.example"
REPLY = ("In-Reply-To: {ref}", "References: {ref}")


def mail(sender=BEN, *headers, subject="Crash", body="It crashes.", to=TO, mid=None):
    """Return a mail; a sender, subject or recipient of None has no header."""
    lines = [
        *([f"From: {sender}"] if sender is not None else []),
        *([f"To: {to}"] if to is not None else []),
        *([f"Subject: {subject}"] if subject is not None else []),
        *([f"Message-Id: {mid or '<mail-1@test.example>'}"] if mid != "" else []),
        *headers,
    ]
    head = "\r\n".join(lines).encode("utf-8", "surrogateescape")
    body = body.encode() if isinstance(body, str) else body
    return head + b"\r\n\r\n" + body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def reply(sender=BEN, *headers, subject="Re: Crash", body="Still.", **values):
    return mail(sender, *REPLY, *headers, subject=subject, body=body, **values)


def parts(*entries, kind="mixed", sender=BEN, headers=(), **values):
    """Return a mail of several parts, each given as header lines and content."""
    body = b""
    for head, content in entries:
        content = content.encode() if isinstance(content, str) else content
        body += b"--sep\n" + head.encode() + b"\n\n" + content + b"\n"
    line = f'Content-Type: multipart/{kind}; boundary="sep"'
    mime = ("MIME-Version: 1.0", line)
    return mail(sender, *mime, *headers, body=body + b"--sep--\n", **values)


def text(content, charset="utf-8", subtype="plain", declared=None):
    """Return a mail with one text in a character set, and what it declares."""
    declared = charset if declared is None else declared
    label = f"; charset={declared}" if declared else ""
    encoded = base64.encodebytes(content.encode(charset))
    return mail(
        BEN,
        "MIME-Version: 1.0",
        f"Content-Type: text/{subtype}{label}",
        "Content-Transfer-Encoding: base64",
        body=encoded,
    )


PLAIN = ("Content-Type: text/plain; charset=utf-8", "It crashes.")
FILE = "Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf"
IMAGE = (
    "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n"
    "Content-Id: <pic@x>\nContent-Disposition: inline; filename=a.png",
    PNG,
)
FORWARD = (
    "Please have a look.\n\nVon: Nora Neu <nora@new.example>\nGesendet: Montag\n"
    "An: Agent <agent@vendor.example>\nBetreff: Kaputt\n\nIt is broken."
)
DSN = (
    ("Content-Type: text/plain", "It could not be delivered."),
    (
        "Content-Type: message/delivery-status",
        "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ben@adler.example\n"
        "Action: failed\nStatus: 5.1.1",
    ),
    ("Content-Type: text/rfc822-headers", "Message-Id: {ref}\nSubject: Crash"),
)


def nested(depth):
    """Return a mail whose parts lie in each other."""
    body = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"
        for n in range(1, depth)
    )
    return mail(
        BEN,
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=b0",
        body=f"--b0\n{body}Content-Type: text/plain\n\nDeep.",
    )


# What a mail does. Whatever is not said: no participant, no new contact, the status of
# T stays, no confirmation, nothing is set aside.
def ticket(contact=BEN, ack="yes", **values):
    return {"new": True, "author": contact, "ack": ack, **values}


def unknown_sender(**values):
    return ticket(NEW, "neutral", **{"created": {NEW}, **values})


def nobody(**values):
    """A ticket without contact, without confirmation."""
    return ticket(None, None, **values)


def message(author=BEN, status="waiting_on_us", **values):
    return {"message": True, "author": author, "status": status, **values}


def note(author=BEN, **values):
    return {"note": True, "author": author, **values}


def aside(reason):
    return {"aside": {reason}}


NOTHING = {}
CUT = {"aside": {"too_large"}}

MAILS = {
    # --- new tickets
    "known sender": (mail(), ticket()),
    "unknown sender": (mail(f"Nora Neu <{NEW}>"), unknown_sender()),
    "confirmed stranger": (mail(NEW, f"{MX} dmarc=pass"), unknown_sender()),
    "known by another spelling": (mail("BEN <Ben@ADLER.example>"), ticket()),
    "staff": (mail(AGENT), ticket(AGENT, None)),
    "no subject": (mail(subject=None), ticket(title="No Subject")),
    "encoded subject": (
        mail(subject="=?utf-8?Q?Gr=C3=BC=C3=9Fe?="),
        ticket(title="Grüße"),
    ),
    "8-bit subject": (mail(subject="Grüße"), ticket()),
    "empty body": (mail(body=""), ticket()),
    "only a file": (parts((FILE, "%PDF-1.4")), ticket(files={"a.pdf"})),
    "html": (
        text("<p>It <b>crashes</b>.<script>x()</script></p>", subtype="html"),
        ticket(text="It <b>crashes</b>."),
    ),
    "latin-1": (text("Grüße", "latin-1"), ticket(text="Grüße")),
    "windows-1252 as latin-1": (
        text("„5 €“", "cp1252", declared="iso-8859-1"),
        ticket(text="„5 €“"),
    ),
    "utf-16": (text("Grüße", "utf-16"), ticket(text="Grüße")),
    "utf-8 as ascii": (text("Grüße", declared="us-ascii"), ticket(text="Grüße")),
    "unknown charset": (text("Grüße", declared="x-made-up"), ticket(text="Grüße")),
    "wrong charset": (
        text("Grüße", "latin-1", declared="utf-8"),
        ticket(text="Grüße"),
    ),
    "no charset": (mail(body="Grüße".encode()), ticket(text="Grüße")),
    "no charset, latin-1": (mail(body="Grüße".encode("latin-1")), ticket(text="Grüße")),
    "charset that is no text": (text("Hi", declared="base64"), ticket(text="Hi")),
    "inline image": (
        parts(
            ("Content-Type: text/html", '<p>See <img src="cid:pic@x"></p>'),
            IMAGE,
            kind="related",
        ),
        ticket(files={"a.png"}, text="/web/image/", not_text="cid:"),
    ),
    "inline image without name": (
        parts(
            ("Content-Type: text/html", '<p>See <img src="cid:pic@x"></p>'),
            (
                "Content-Type: image/png\nContent-Transfer-Encoding: base64\n"
                "Content-Id: <pic@x>",
                PNG,
            ),
            kind="related",
        ),
        ticket(files={"image.png"}, text="/web/image/", not_text="cid:"),
    ),
    "alternative": (
        parts(
            PLAIN,
            ("Content-Type: text/html", "<p>It <b>crashes</b>.</p>"),
            kind="alternative",
        ),
        ticket(text="<b>crashes</b>"),
    ),
    "calendar": (
        parts(
            PLAIN, ("Content-Type: text/calendar; method=REQUEST", "BEGIN:VCALENDAR")
        ),
        ticket(files={"invitation.ics"}),
    ),
    "winmail.dat": (
        parts(
            PLAIN,
            ('Content-Type: application/ms-tnef; name="winmail.dat"', 'x\x9f>"'),
        ),
        ticket(files={"winmail.dat"}),
    ),
    "signed": (
        parts(
            PLAIN,
            ("Content-Type: application/pkcs7-signature; name=smime.p7s", "abc"),
            kind="signed",
        ),
        ticket(files={"smime.p7s"}),
    ),
    "attached html": (
        parts(
            PLAIN,
            (
                "Content-Type: text/html\nContent-Disposition: attachment; "
                "filename=x.html",
                "<script>x()</script>",
            ),
        ),
        ticket(files={"x.html"}, not_text="script"),
    ),
    "attached mail": (
        parts(
            PLAIN,
            (
                "Content-Type: message/rfc822",
                "From: x@y.example\nSubject: In\n\nInside",
            ),
        ),
        ticket(),
    ),
    "colleague in copy": (mail(BEN, f"Cc: {GESA}"), ticket(with_={GESA})),
    "stranger in copy": (mail(BEN, f"Cc: {NEW}"), ticket(to_suggest=NEW)),
    "stranger in copy, confirmed": (
        mail(BEN, f"Cc: {NEW}, {EMIL}", f"{MX} dmarc=pass"),
        ticket(with_={NEW, EMIL}, created={NEW}),
    ),
    "copies of a stranger": (
        mail(NEW, f"Cc: {BEN}"),
        unknown_sender(to_suggest=BEN),
    ),
    "staff in copy": (mail(BEN, f"Cc: {AGENT}"), ticket(staff={AGENT})),
    "copies of a machine": (
        mail(BEN, f"Cc: {GESA}", "Precedence: bulk"),
        ticket(ack=0),
    ),
    "to two of our addresses": (mail(to=f"{TO}, second@desk.example"), ticket(count=2)),
    # --- answers
    "answer": (reply(), message()),
    "answer of a participant": (reply(GESA), message(GESA)),
    "answer by number": (
        mail(subject="Re: Crash ({number})", body="Still."),
        message(),
    ),
    "answer by number in brackets": (mail(subject="AW: [#{number}] x"), message()),
    "answer by the last reference": (
        mail(BEN, "References: <old@x.example> {ref}", subject="Re: x"),
        message(),
    ),
    "answer to a mail of a stage": (
        reply(BEN).replace(b"{ref}", b"{stage}"),
        message(),
    ),
    "answer to a note": (reply(BEN).replace(b"{ref}", b"{note}"), note()),
    "answer of the administrator": (reply(ANNA), message(ANNA)),
    "answer by the second address": (reply("ben@home.example"), message()),
    "answer by the login": (reply("ben.login@adler.example"), message()),
    "answer of staff": (reply(AGENT), message(AGENT, "waiting_on_customer")),
    "answer of staff by number": (
        mail(AGENT, subject="Re: ({number})"),
        note(AGENT),
    ),
    "answer of staff by number, confirmed": (
        mail(AGENT, f"{MX} dmarc=pass", subject="Re: ({number})"),
        message(AGENT, "waiting_on_customer"),
    ),
    "answer of staff to a note": (
        reply(AGENT).replace(b"{ref}", b"{note}"),
        note(AGENT),
    ),
    "answer with a colleague in copy": (
        reply(BEN, f"Cc: {ANNA}"),
        message(joined={ANNA}),
    ),
    "answer with a stranger in copy": (
        reply(BEN, f"Cc: {NEW}"),
        message(suggested={NEW}),
    ),
    "answer with a stranger in copy, confirmed": (
        reply(BEN, f"Cc: {NEW}", f"{MX} dkim=pass header.d=adler.example"),
        message(joined={NEW}, created={NEW}),
    ),
    "answer confirmed by a foreign server": (
        reply(BEN, f"Cc: {NEW}", "Authentication-Results: mx.evil.example; dmarc=pass"),
        message(suggested={NEW}),
    ),
    "answer of staff with a stranger in copy": (
        reply(AGENT, f"Cc: {EMIL}, {NEW}"),
        message(AGENT, "waiting_on_customer", joined={EMIL, NEW}, created={NEW}),
    ),
    "answer with our addresses in copy": (
        reply(BEN, f"Cc: second@desk.example, support@vendor.example, bounce@{TO[8:]}"),
        message(),
    ),
    "answer to the catchall": (reply(to="catchall@desk.example"), message()),
    # --- others who know a reference or the number
    "colleague who takes no part": (
        reply("kim@adler.example"),
        ticket("kim@adler.example", referred=True),
    ),
    "other customer": (reply(EMIL), ticket(EMIL, referred=True)),
    "other customer by number": (
        mail(EMIL, subject="Re: ({number})"),
        ticket(EMIL, None, referred=True),
    ),
    "stranger": (reply(NEW), unknown_sender(referred=True)),
    "stranger to the catchall": (
        reply(NEW, to="catchall@desk.example"),
        unknown_sender(referred=True),
    ),
    "stranger who answers the confirmation": (
        mail(NEW, "In-Reply-To: {ack}"),
        ticket(NEW, None, created={NEW}, referred=True),
    ),
    "stranger who names Ben in his name": (
        reply(f'"{BEN}" <evil@new.example>'),
        ticket("evil@new.example", "neutral", created={"evil@new.example"}, referred=1),
    ),
    "stranger who hides behind an encoded name": (
        reply("=?utf-8?Q?ben=40adler.example=2C?= <evil@new.example>"),
        ticket("evil@new.example", "neutral", created={"evil@new.example"}, referred=1),
    ),
    "stranger who hides an address in his name": (
        reply("=?utf-8?Q?Ben_=3Cben=40adler=2Eexample=3E?= <evil@new.example>"),
        ticket("evil@new.example", "neutral", created={"evil@new.example"}, referred=1),
    ),
    "archived participant": (reply("old@adler.example"), nobody(referred=True)),
    # --- forged senders
    "forged": (mail(BEN, f"{MX} dmarc=fail"), nobody()),
    "forged by spf": (mail(BEN, f"{MX} spf=fail; dkim=none"), nobody()),
    "forged answer": (reply(BEN, f"{MX} dmarc=fail"), nobody(referred=True)),
    "forged staff": (reply(AGENT, f"{MX} dmarc=fail"), nobody(referred=True)),
    "forged stranger": (mail(NEW, f"{MX} dmarc=fail", f"Cc: {GESA}"), nobody()),
    "several senders": (reply(f"{BEN}, {EMIL}"), nobody(referred=True)),
    "two From": (reply(BEN, f"From: {EMIL}"), nobody(referred=True)),
    "no sender": (mail(None), nobody()),
    "sender without address": (mail("Ben"), nobody()),
    # --- machines
    "absence answered": (reply(BEN, "Auto-Submitted: auto-replied"), note()),
    "absence by subject": (
        reply(BEN, subject="=?utf-8?Q?Automatische_Antwort=3A_Crash?="),
        note(),
    ),
    "absence of a stranger": (
        reply(NEW, "Auto-Submitted: auto-replied", f"Cc: {EMIL}"),
        note(None),
    ),
    "absence by number": (
        mail(BEN, "X-Autoreply: yes", subject="Re: ({number})"),
        note(),
    ),
    "absence of a stranger by number": (
        mail(NEW, "X-Autoreply: yes", subject="Re: ({number})"),
        nobody(referred=True),
    ),
    "machine": (mail(NEW, "Precedence: bulk"), nobody()),
    "machine of a contact": (
        mail(BEN, "Auto-Submitted: auto-generated"),
        ticket(ack=0),
    ),
    "out of office": (mail(NEW, subject="Out of Office: Crash"), nobody()),
    "question about an absence": (
        mail(subject="Out of office assistant is broken"),
        ticket(),
    ),
    "bounce of a ticket's mail": (
        parts(
            *DSN,
            kind="report; report-type=delivery-status",
            sender="MAILER-DAEMON@adler.example",
            to="bounce@desk.example",
        ),
        note(None),
    ),
    "bounce of something else": (mail("MAILER-DAEMON@x.example"), aside("bounce")),
    "receipt": (
        parts(
            ("Content-Type: text/plain", "Ben has read it."),
            (
                "Content-Type: message/disposition-notification",
                "Disposition: manual-action/MDN-sent-manually; displayed",
            ),
            kind="report; report-type=disposition-notification",
            headers=("In-Reply-To: {ref}",),
        ),
        note(None),
    ),
    "our own mail": (mail(f"Support <{TO}>"), aside("own")),
    "our own company": (mail("support@vendor.example"), aside("own")),
    "our own message": (mail("support@x.example", mid="{ref}"), NOTHING),
    "answer to the answer about a loop": (
        mail(BEN, "In-Reply-To: <1-loop-detection-bounce-email@x>"),
        aside("loop"),
    ),
    # --- forwarded by staff
    "forward": (
        mail(AGENT, subject="WG: Kaputt", body=FORWARD),
        unknown_sender(text="It is broken.", not_text="have a look", staff={AGENT}),
    ),
    "forward of a contact's mail": (
        mail(AGENT, subject="Fwd: x", body=FORWARD.replace(NEW, BEN)),
        ticket(text="It is broken.", staff={AGENT}),
    ),
    "forward as a file": (
        parts(
            ("Content-Type: text/plain", "Please have a look."),
            (
                "Content-Type: message/rfc822",
                f"From: Nora <{NEW}>\nSubject: Kaputt\n\nIt is broken.",
            ),
            sender=AGENT,
            subject="FW: Kaputt",
        ),
        unknown_sender(text="It is broken.", staff={AGENT}),
    ),
    "forward of nothing": (mail(AGENT, subject="WG: x"), ticket(AGENT, None)),
    "forward by a customer": (mail(subject="WG: x", body=FORWARD), ticket()),
    "forward of our own mail": (
        mail(AGENT, subject="WG: x", body=FORWARD.replace(NEW, TO)),
        ticket(AGENT, None),
    ),
    # --- too much
    "long text": (
        mail(body="x" * 250_000),
        ticket(files={"message.txt"}, text="The text is too long"),
    ),
    "long html": (
        text("<p>" + "<b>x</b> " * 30_000 + "</p>", subtype="html"),
        ticket(files={"message.html"}, text=" x ", not_text="&lt;"),
    ),
    "many files": (parts(PLAIN, *[(FILE, "x")] * 40), ticket(**CUT)),
    # --- broken
    "nul bytes": (
        mail(subject="Cra\x00sh", body="It\x00 crashes."),
        ticket(text="crashes."),
    ),
    "no recipient": (mail(to=None), ticket()),
    "no message id": (mail(mid=""), ticket()),
    "no header at all": (b"It crashes.", nobody()),
    "empty": (b"", nobody()),
    "parts that are none": (
        mail(BEN, "Content-Type: multipart/mixed", body="It crashes."),
        ticket(text="It crashes."),
    ),
    "unfinished part": (
        mail(BEN, "Content-Type: multipart/mixed; boundary=x", body="--x\n\nIt"),
        ticket(text="It"),
    ),
    "wrong base64": (
        mail(
            BEN,
            "Content-Type: text/plain",
            "Content-Transfer-Encoding: base64",
            body="!!!SXQgY3Jhc2hlcw=",
        ),
        ticket(),
    ),
    "unknown encoding": (
        mail(BEN, "Content-Transfer-Encoding: x-made-up", body="It crashes."),
        ticket(text="It crashes."),
    ),
    "broken subject": (mail(subject="=?utf-8?Q?Gr=C3=?= =?x?B?!!?="), ticket()),
    "date of the future": (
        mail(BEN, "Date: Mon, 15 Jun 9999 10:00:00 +0000"),
        ticket(),
    ),
    "date that is none": (mail(BEN, "Date: yesterday, about noon"), ticket()),
    "date of the dinosaurs": (mail(BEN, "Date: 1 Jan 0001 00:00 +1400"), ticket()),
    "somebody else's message id": (
        mail(EMIL, mid="<known@test.example>"),
        ticket(EMIL),
    ),
    "the same mail once more": (mail(mid="<known@test.example>"), NOTHING),
    "very many parts": (parts(*[PLAIN] * 1200), aside("broken")),
    "addresses that are none": (
        mail(BEN, "Cc: x\x00@y.example", to="@"),
        ticket(to_suggest="x@y.example"),
    ),
    "reference that is none": (
        mail(BEN, "References: <a\x00b> <" + "x" * 9000),
        ticket(),
    ),
    "reference in disguise": (
        mail(EMIL, "References: <{ref_bare}\r\n >", subject="Re: x"),
        ticket(EMIL, referred=True),
    ),
    "parts without end": (nested(10_000), aside("broken")),
    "endless line": (mail(subject="x" * 5000, body="y" * 100_000), ticket()),
}
