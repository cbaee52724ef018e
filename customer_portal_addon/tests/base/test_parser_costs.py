"""What strangers send costs little, whatever it is (CPU time, not the clock's)."""

import base64
import io
import json
import struct
import threading
import time
import zipfile
import zlib
from contextlib import contextmanager
from unittest.mock import patch

from PIL import Image

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.form.helpdesk_ticket_type_attachment import MEGABYTE
from ...tools.api import api_document
from ...tools.files import archives, pictures
from ...tools.mail import mail_html, mail_limits
from ...tools.mail.incoming_mail import IncomingMail
from ..common import PNG, SupportCase
from ..mail.mail_common import MailInCase
from ..public.public_common import PublicFormCase

# A second, and room for slow machines; without the limits it is far more
BUDGET = 3
HEAD = (
    "From: Nora <nora@kunde.example>\r\nTo: hotline@desk.example\r\nSubject: Export\r\n"
    "Message-Id: <costs-{}@kunde.example>\r\nMIME-Version: 1.0\r\n"
)


def picture(kind, size=(300, 200), **options):
    stream = io.BytesIO()
    Image.new("RGB", size, "red").save(stream, kind, **options)
    return stream.getvalue()


def jpeg_with_scans(count, size=(5000, 5000)):
    """Return a progressive JPEG whose last scan is there many times."""
    whole = picture("JPEG", size, progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * count + whole[-2:]


def many_members(count):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(count):
            archive.writestr(str(number), b"")
    return stream.getvalue()


def bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", bytes(300 * MEGABYTE))
    return stream.getvalue()


class Costs:
    @contextmanager
    def cheap(self):
        start = time.process_time()
        yield
        self.assertLess(time.process_time() - start, BUDGET)


@tagged("post_install", "-at_install")
class TestFileCosts(Costs, SupportCase):
    def test_whole_pictures_pass_and_cut_ones_do_not(self):
        webp = b"WEBPVP8L" + struct.pack("<IBI", 5, 0x2F, 99 | 99 << 14) + b"\0"
        files = {kind: picture(kind) for kind in ("PNG", "JPEG", "GIF", "BMP")}
        # Odoo's Pillow neither writes nor reads this kind
        files["WEBP"] = b"RIFF" + struct.pack("<I", len(webp)) + webp
        for kind, content in files.items():
            mimetype = f"image/{kind.lower()}"
            self.assertTrue(pictures.is_harmless(content, mimetype), kind)
            for end in range(0, len(content) - 4, 199):
                with self.subTest(kind=kind, end=end):
                    cut = content[:end]
                    self.assertFalse(pictures.is_harmless(cut, mimetype))
        for size in ((4000, 3000), (7000, 7000)):
            photo = picture("JPEG", size, progressive=True)
            self.assertTrue(pictures.is_harmless(photo, "image/jpeg"), size)

    def test_pictures_at_the_limit_of_size(self):
        half = 5 * MEGABYTE
        jpeg, gif = picture("JPEG")[:-2], b"GIF89a" + struct.pack("<HHB", 9, 9, 0)
        huge = struct.pack(">IIBBBBB", 7000, 7000, 16, 6, 0, 0, 1)
        header = struct.pack(">I", 13) + b"IHDR" + huge
        header += struct.pack(">I", zlib.crc32(b"IHDR" + huge))
        empty = struct.pack(">I4sI", 0, b"tEXt", zlib.crc32(b"tEXt"))
        files = {
            "scans": ("image/jpeg", jpeg_with_scans(2000)),
            "stuffed": ("image/jpeg", jpeg + b"\xff\x00" * half),
            "filled": ("image/jpeg", jpeg + b"\xff" * 2 * half),
            "segments": ("image/jpeg", b"\xff\xd8" + b"\xff\xe0\0\2" * (half // 2)),
            "blocks": ("image/gif", gif + b"\0\0\x21\xfe" + b"\1a" * half),
            "chunks": ("image/png", PNG[:33] + empty * (half // 6)),
            "deep": ("image/png", PNG[:8] + header + empty),
            "chunks of webp": ("image/webp", b"RIFF\xff\xff\x9f\0WEBP" + bytes(half)),
        }
        for name, (mimetype, content) in files.items():
            with self.subTest(name=name), self.cheap():
                self.assertFalse(pictures.is_harmless(content, mimetype))

    def test_packed_bitmaps(self):
        content = bytearray(picture("BMP"))
        content[30] = 1  # Pillow reads these byte by byte
        self.assertFalse(pictures.is_harmless(bytes(content), "image/bmp"))

    def test_archives(self):
        files = {"members": many_members(30_000), "bomb": bomb()}
        for name, content in files.items():
            with self.subTest(name=name), self.cheap():
                with self.assertRaises(pictures.Damaged):
                    archives.get_kind(content)

    def test_form_refuses_them_quickly(self):
        self.error_type.attachment_kinds = "archives"
        self.error_type.attachment_max_size = 10
        files = {"a.jpg": jpeg_with_scans(2000), "a.zip": many_members(30_000)}
        for name, content in files.items():
            with self.subTest(name=name), self.cheap():
                _form, errors = self.error_type._parse_form(
                    self._form(), [(name, content)]
                )
                self.assertIn(f"“{name}” can't be read", errors["files"])

    def test_nobody_looks_into_files_of_a_form_that_is_refused(self):
        files = [("a.png", b"no picture")]
        _form, errors = self.error_type._parse_form(self._form(subject=""), files)
        self.assertNotIn("files", errors)

    def test_pictures_of_customers_stay_as_they_were_sent(self):
        content = picture("PNG", (3000, 2000))
        ticket = self._file(self.ben, files=[("a.png", content)])
        self.assertEqual(ticket.answer_ids.attachment_ids.raw, content)

    def test_nobody_resizes_what_takes_long(self):
        values = {
            "res_model": "helpdesk.ticket",
            "res_id": self._create_ticket(self.ben).id,
        }
        files = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        scans = files.create({"name": "a", "raw": jpeg_with_scans(300), **values})
        # a format whose reader is slow, by the name of a text
        text = files.create({"name": "a.txt", "raw": b"P3 9 9 255 " * 9, **values})
        fine = files.create({"name": "a.png", "raw": picture("PNG"), **values})
        found = [file._is_too_much_work() for file in (scans, text, fine)]
        self.assertEqual(found, [True, True, False])

    def test_every_page_says_how_much_it_takes(self):
        """Those with files by their rules, all others by the general limit."""
        own = {}
        with patch.object(
            threading.current_thread(), "dbname", self.env.cr.dbname, create=True
        ):
            routing_map = self.env["ir.http"].routing_map()
        for rule in routing_map.iter_rules():
            routing = rule.endpoint.routing
            if routing.get("support_gate") and "max_content_length" in routing:
                own[rule.rule] = routing["max_content_length"]
        self.assertEqual(
            {rule for rule in own if "api" not in rule},
            {
                "/support/ticket/send/<type_slug>",
                "/support/ticket/new/<type_slug>",
                "/submitted/ticket",
                "/my/ticket/<int:ticket_id>/reply",
            },
        )
        self.assertTrue(all(map(callable, own.values())))
        limit = self.env["helpdesk.ticket.type"]._get_max_customer_upload()
        self.assertLess(limit, 100 * MEGABYTE)

    def test_json(self):
        documents = {
            "items": b'{"a":[' + b"1," * 10_000_000 + b"1]}",
            "depth": b"[" * 10_000_000,
            "digits": b'{"a":' + b"9" * 10_000_000 + b"}",
        }
        for name, raw in documents.items():
            with self.subTest(name=name), self.cheap():
                with self.assertRaises(ValueError):
                    api_document.read(raw)
        packed = json.dumps({"a": "A " * 5_000_000}).encode()
        with self.cheap():
            api_document.decode_file(api_document.read(packed)["a"])


@tagged("post_install", "-at_install")
class TestMailCosts(Costs, MailInCase):
    def receive(self, name, kind, body, headers=""):
        head = headers or HEAD.format(name) + f"Content-Type: {kind}; charset=utf-8\r\n"
        raw = f"{head}\r\n{body}".encode()
        with self.cheap():
            found = self.env["mail.thread"].message_process("helpdesk.ticket", raw)
            self.env.flush_all()
        return self.env["helpdesk.ticket"].browse(found or ())

    def test_quoted_lines(self):
        for name, body in {
            "48k": "> a\r\n" * 12_000,
            "200k": "> a\r\n" * 50_000,
            "between": "> a\r\nb\r\n" * 25_000,
        }.items():
            with self.subTest(name=name):
                ticket = self.receive(name, "text/plain", body)
                self.assertIn("&gt; a", ticket.description)

    def test_crafted_html(self):
        for number, unit in enumerate(
            [
                "<hr class=stopSpelling>",
                "<div class=gmail_quote>",
                "<",
                "<a encoding=",
                "\n&gt; a\nb",
                "<o:",
                "<table><tr><td>",
            ]
        ):
            with self.subTest(unit=unit):
                body = f"<p>Hallo</p>{unit * (200_000 // len(unit))}"
                ticket = self.receive(f"html{number}", "text/html", body)
                self.assertIn("Hallo", ticket.description)
                names = ticket.message_ids.attachment_ids.mapped("name")
                self.assertIn("message.html", names)

    def test_headers(self):
        for name, value in {
            "From": '"' * 20_000 + "<nora@kunde.example>",
            "To": "hotline@desk.example, " + '"' * 20_000,
            "Subject": "=?a?q?" * 5_000,
            "References": "<" * 20_000,
            "Content-Type": "text/plain" + '; a="b"' * 5_000,
            "Content-Disposition": 'inline; a="' + '"' * 20_000,
        }.items():
            with self.subTest(name=name):
                head = HEAD.format(name)
                lines = [
                    line
                    for line in head.splitlines(keepends=True)
                    if not line.startswith(f"{name}:")
                ]
                headers = "".join(lines) + f"{name}: {value}\r\n"
                self.receive(name, "text/plain", "Hallo", headers)

    def test_whoever_hides_in_a_long_header_is_nobody(self):
        raw = b"From: " + b'"' * 9000 + b"<a@b.example>\r\nTo: c@d.example\r\n\r\nx"
        mail = IncomingMail(raw)
        self.assertEqual((mail.sender, mail.verdict), ("", "fail"))
        self.assertEqual(mail.put_aside, [("too_large", "from")])
        self.assertEqual(mail.raw, raw)

    def test_usual_mails_stay_as_they_are(self):
        people = ", ".join(f"person{n}@example.com" for n in range(120))
        raw = f"From: a@b.example\r\nTo: {people}\r\n\r\nText\r\n".encode()
        self.assertEqual(mail_limits.limit_headers(raw), (raw, set()))
        table = "<table>" + "<tr><td>1</td><td>2</td></tr>\n" * 900 + "</table>"
        self.assertFalse(mail_html.is_too_complicated(table))


@tagged("post_install", "-at_install")
class TestPictureDoors(PublicFormCase):
    """Over HTTP, as somebody with nothing but the address of the form."""

    def post_picture(self, **values):
        page = self.open_form()
        content = jpeg_with_scans(2000)
        start = time.process_time()
        response = self.submit(page, files=[("scans.jpg", content)], **values)
        self.assertLess(time.process_time() - start, BUDGET)
        return response

    def test_a_picture_and_nothing_else(self):
        nothing = dict.fromkeys(("email", "name", "company", "subject", "privacy"))
        response = self.post_picture(**nothing)
        self.assertEqual(response.status_code, 422)
        self.assertIsNone(self.error_at(response, "files"))
        self.assertTrue(self.error_at(response, "email"))

    def test_a_picture_with_a_good_form(self):
        response = self.post_picture()
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self.tickets())

    def test_so_many_pictures_and_no_more(self):
        guard = type(self.env["support.public.guard"])
        with patch.object(guard, "_limit_files", 1):
            files = [("a.png", PNG)]
            wrong = self.submit(files=files, email="nobody")
            self.assertTrue(self.error_at(wrong, "email"))
            again = self.submit(files=files, email="nobody")
            self.assertEqual(again.status_code, 422)
            self.assertIsNone(self.error_at(again, "email"))
            # without files it goes on
            self.assertTrue(self.error_at(self.submit(email="nobody"), "email"))

    def test_the_picture_of_a_person(self):
        ben = self.ben.with_user(self.ben)
        picture_64 = base64.b64encode(jpeg_with_scans(2000))
        start = time.process_time()
        with self.assertRaises(ValidationError):
            ben.write({"image_1920": picture_64})
        self.assertLess(time.process_time() - start, BUDGET)
        ben.write({"image_1920": base64.b64encode(picture("PNG"))})
        self.assertTrue(self.ben.image_1920)
