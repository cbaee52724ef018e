"""A mail catcher for the demo: takes every mail by SMTP, shows it in the browser.

    python mail_catcher.py FOLDER SMTP_PORT WEB_PORT

Runs with the Python of the cache's environment, because it needs aiosmtpd. Both
ports are on the loopback interface; each mail is one .eml file in FOLDER.
"""

import email
import email.policy
import html
import itertools
import re
import signal
import sys
import time
import urllib.parse
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"
LARGEST = 64 << 20  # bytes of one mail
MAIL_ID = r"(\d{14}-\d{6})"
ROUTES = (
    (re.compile(r"/"), "show_list"),
    (re.compile(rf"/mail/{MAIL_ID}"), "show_mail"),
    (re.compile(rf"/mail/{MAIL_ID}/html"), "show_html"),
    (re.compile(rf"/mail/{MAIL_ID}/raw"), "show_raw"),
    (re.compile(rf"/mail/{MAIL_ID}/part/(\d{{1,3}})"), "show_part"),
)
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"
# A mail may style itself and show pictures of this machine; it runs no script, and
# its links open in a tab of their own.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; "
    "img-src data: http://localhost:* http://127.0.0.1:*; frame-ancestors 'self'"
)
STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --link: #3867d6; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem;
       padding: 1.5rem; }
h1 { font-size: 1.3rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
a { color: var(--link); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .6rem; border-bottom: 1px solid var(--line);
         vertical-align: top; overflow-wrap: anywhere; }
tr:hover td { background: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { opacity: .65; } dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: 60vh; border: 1px solid var(--line); background: #fff;
         border-radius: .4rem; }
pre { white-space: pre-wrap; background: var(--soft); padding: 1rem;
      border-radius: .4rem; overflow-wrap: anywhere; }
.empty, .note { opacity: .65; }
"""


class Mailbox:
    """The folder with the mails."""

    def __init__(self, folder):
        self.folder = folder
        self.counter = itertools.count(1)
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server, session, envelope):
        """aiosmtpd's hook: store one mail, together with its real recipients."""
        name = f"{time.strftime('%Y%m%d%H%M%S')}-{next(self.counter) % 1000000:06d}"
        recipients = ", ".join(envelope.rcpt_tos).encode("utf-8", "replace")
        sender = (envelope.mail_from or "").encode("utf-8", "replace")
        head = b"X-Catcher-From: %s\r\nX-Catcher-To: %s\r\n" % (sender, recipients)
        temporary = self.folder / f".{name}"
        temporary.write_bytes(head + envelope.original_content)
        temporary.rename(self.folder / f"{name}.eml")
        return "250 Caught"

    def names(self):
        """The mails' ids, newest first."""
        return sorted((path.stem for path in self.folder.glob("*.eml")), reverse=True)

    def raw(self, name):
        return (self.folder / f"{name}.eml").read_bytes()

    def read(self, name):
        return email.message_from_bytes(self.raw(name), policy=email.policy.default)

    def head(self, name):
        """The mail's headers only, for the list."""
        with (self.folder / f"{name}.eml").open("rb") as file:
            parser = email.parser.BytesHeaderParser(policy=email.policy.default)
            return parser.parse(file)


def header(message, name):
    """A header as escaped text, whatever the sender wrote into it."""
    try:
        value = message.get(name, "")
    except Exception:  # the standard library trips over some malformed headers
        value = "(not readable)"
    return html.escape(str(value))


def arrival(name):
    day, clock = name[:8], name[8:14]
    return f"{day[:4]}-{day[4:6]}-{day[6:]} {clock[:2]}:{clock[2:4]}:{clock[4:]}"


def text_of(part):
    """The text of a part, whatever character set it claims to have."""
    try:
        return part.get_content()
    except (LookupError, UnicodeError, KeyError):
        return (part.get_payload(decode=True) or b"").decode("utf-8", "replace")


def bytes_of(part):
    content = part.get_payload(decode=True)
    return part.as_bytes() if content is None else content


def page(title, body, refresh=False):
    again = '<meta http-equiv="refresh" content="5">' if refresh else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{again}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>{body}</body></html>"
    )


class Handler(BaseHTTPRequestHandler):
    mailbox: Mailbox
    server_version = "MailCatcher"
    sys_version = ""

    def do_GET(self):
        # A page of another site must not read the mails through a made-up name.
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        if host not in ("localhost", HOST):
            return self.send_error(HTTPStatus.FORBIDDEN)
        path = urllib.parse.urlsplit(self.path).path
        for pattern, method in ROUTES:
            found = pattern.fullmatch(path)
            if found:
                try:
                    return getattr(self, method)(*found.groups())
                except (FileNotFoundError, IndexError):
                    break
        return self.send_error(HTTPStatus.NOT_FOUND)

    def show_list(self):
        rows = []
        for name in self.mailbox.names():
            mail = self.mailbox.head(name)
            subject = header(mail, "Subject") or "(no subject)"
            rows.append(
                f"<tr><td>{arrival(name)}</td><td>{header(mail, 'From')}</td>"
                f"<td>{header(mail, 'X-Catcher-To')}</td>"
                f'<td><a href="/mail/{name}">{subject}</a></td></tr>'
            )
        body = "<h1>Caught mails</h1>"
        if rows:
            head = "<th>Time</th><th>From</th><th>To</th><th>Subject</th>"
            body += f"<table><thead><tr>{head}</tr></thead>"
            body += f"<tbody>{''.join(rows)}</tbody></table>"
        else:
            body += (
                '<p class="empty">No mail yet. Every mail that the demo sends '
                "appears here; none leaves this machine.</p>"
            )
        self.reply(page(f"Caught mails ({len(rows)})", body, refresh=True))

    def show_mail(self, name):
        mail = self.mailbox.read(name)
        subject = header(mail, "Subject") or "(no subject)"
        shown = ["From", "To", "Cc", "Reply-To", "Date", "Message-Id"]
        pairs = [(key, header(mail, key)) for key in shown if mail.get(key)]
        pairs.append(("Delivered to", header(mail, "X-Catcher-To")))
        heads = "".join(f"<dt>{key}</dt><dd>{value}</dd>" for key, value in pairs)
        body = (
            f'<p><a href="/">All mails</a> · <a href="/mail/{name}/raw">Source</a></p>'
            f"<h1>{subject}</h1><dl>{heads}</dl>"
        )
        if mail.get_body(("html",)):
            body += (
                f'<iframe src="/mail/{name}/html" title="The mail as HTML" '
                'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
            )
        plain = mail.get_body(("plain",))
        if plain:
            body += f"<h2>Plain text</h2><pre>{html.escape(text_of(plain))}</pre>"
        body += self.attachments(name, mail)
        self.reply(page(subject, body))

    def attachments(self, name, mail):
        rows = []
        for number, part in enumerate(mail.iter_attachments()):
            label = html.escape(part.get_filename() or f"part {number + 1}")
            size = len(bytes_of(part)) / 1024
            rows.append(
                f'<li><a href="/mail/{name}/part/{number}">{label}</a> '
                f'<span class="note">{html.escape(part.get_content_type())}, '
                f"{size:.1f} KB</span></li>"
            )
        return f"<h2>Attachments</h2><ul>{''.join(rows)}</ul>" if rows else ""

    def show_html(self, name):
        part = self.mailbox.read(name).get_body(("html",))
        if not part:
            return self.send_error(HTTPStatus.NOT_FOUND)
        content = f'<base target="_blank">{text_of(part)}'
        return self.reply(content, policy=MAIL_POLICY)

    def show_raw(self, name):
        self.reply(self.mailbox.raw(name), kind="text/plain; charset=utf-8")

    def show_part(self, name, number):
        part = list(self.mailbox.read(name).iter_attachments())[int(number)]
        label = urllib.parse.quote(part.get_filename() or f"part-{number}", safe="")
        self.reply(
            bytes_of(part),
            kind="application/octet-stream",
            extra={"Content-Disposition": f"attachment; filename*=UTF-8''{label}"},
        )

    def reply(self, content, kind="text/html; charset=utf-8", policy="", extra=None):
        if isinstance(content, str):
            content = content.encode("utf-8", "replace")
        self.send_response(HTTPStatus.OK)
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "Content-Security-Policy": policy or PAGE_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            **(extra or {}),
        }
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        """The browser asks every few seconds; that is no news."""


def main(folder, smtp_port, web_port):
    mailbox = Handler.mailbox = Mailbox(Path(folder))
    smtp = Controller(
        mailbox, hostname=HOST, port=int(smtp_port), data_size_limit=LARGEST
    )
    smtp.start()
    web = ThreadingHTTPServer((HOST, int(web_port)), Handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        web.serve_forever()
    finally:
        smtp.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
