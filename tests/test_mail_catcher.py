"""The demo's mail catcher: takes mails, shows them, trusts none of their content."""

import smtplib
import socket
import threading
import urllib.error
import urllib.request
from email.message import EmailMessage
from http.server import ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

import mail_catcher

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def catcher(tmp_path, monkeypatch):
    mailbox = mail_catcher.Mailbox(tmp_path / "mails")
    monkeypatch.setattr(mail_catcher.Handler, "mailbox", mailbox, raising=False)
    web = ThreadingHTTPServer(("127.0.0.1", 0), mail_catcher.Handler)
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    smtp.start()
    yield Catcher(smtp.port, web.server_port)
    smtp.stop()
    web.shutdown()
    thread.join()
    web.server_close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Catcher:
    def __init__(self, smtp_port, web_port):
        self.smtp_port = smtp_port
        self.address = f"http://127.0.0.1:{web_port}"

    def send(self, message):
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as smtp:
            recipients = ["to@example.com", "hidden@example.com"]
            smtp.send_message(message, "from@example.com", recipients)

    def get(self, path, **headers):
        request = urllib.request.Request(self.address + path, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode(), answer.headers


def mail():
    message = EmailMessage()
    message["From"] = "Änne <from@example.com>"
    message["To"] = "to@example.com"
    message["Subject"] = f"Grüße {EVIL}"
    message.set_content(f"Guten Tag {EVIL}")
    message.add_alternative(f"<p>Hallo</p>{EVIL}", subtype="html")
    message.add_attachment(
        b"abc", maintype="text", subtype="html", filename='ü"<b>.html'
    )
    return message


def first(catcher):
    body, _headers = catcher.get("/")
    return body.split('href="')[1].split('"')[0]


def test_list_and_mail_show_everything_escaped(catcher):
    assert "No mail yet" in catcher.get("/")[0]
    catcher.send(mail())
    for path in ("/", first(catcher)):
        body, headers = catcher.get(path)
        assert EVIL not in body
        assert "Grüße &lt;script&gt;" in body
        assert "hidden@example.com" in body
        assert "script-src" not in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Guten Tag" in body
    assert "ü&quot;&lt;b&gt;.html" in body


def test_html_runs_no_script(catcher):
    catcher.send(mail())
    body, headers = catcher.get(f"{first(catcher)}/html")
    assert "<p>Hallo</p>" in body
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_attachment_is_a_download(catcher):
    catcher.send(mail())
    body, headers = catcher.get(f"{first(catcher)}/part/0")
    assert body == "abc"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["Content-Type"] == "application/octet-stream"


def test_raw_is_text(catcher):
    catcher.send(mail())
    body, headers = catcher.get(f"{first(catcher)}/raw")
    assert "Subject:" in body
    assert headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/mail/../../x", "/mail/20200101000000-000001", "/x"])
def test_nothing_else_is_served(catcher, path):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        catcher.get(path)


def test_other_hosts_are_refused(catcher):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        catcher.get("/", Host="rebound.example")


def test_broken_mail_is_shown(catcher):
    with smtplib.SMTP("127.0.0.1", catcher.smtp_port) as smtp:
        broken = b"Subject: =?nonsense?q?x?=\r\nContent-Type: text/plain; charset=x\r\n"
        smtp.sendmail("a@example.com", ["b@example.com"], broken + b"\r\n\xff\r\n")
    assert "Plain text" in catcher.get(first(catcher))[0]
