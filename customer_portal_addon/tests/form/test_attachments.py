"""Which files customers may attach, by count, size and content (C4)."""

import io
import zipfile

from PIL import Image

from odoo.tests import tagged

from ..common import EXE, PNG, SupportCase

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
LOG = "12:00 Größe überschritten\r\n".encode("latin-1")


def zip_file():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("log.txt", "text")
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestAttachments(SupportCase):
    def errors_of(self, *files):
        form = self._form()
        _form, errors = self.error_type.with_user(self.ben)._parse_form(
            form, list(files)
        )
        self.assertLessEqual(set(errors), {"files", "files_again"})
        return errors.get("files")

    def again(self, *files, **values):
        """Return what the form says about files that have to be chosen again."""
        ticket_type = self.error_type.with_user(self.ben)
        _form, errors = ticket_type._parse_form(self._form(**values), list(files))
        return errors.get("files_again")

    def accepts(self, name, content):
        return not self.errors_of((name, content))

    def test_images(self):
        self.assertTrue(self.accepts("picture.png", PNG))
        self.assertTrue(self.accepts("PICTURE.PNG", PNG))
        self.assertTrue(self.accepts("Prüfstand Größe 1.png", PNG))

    def test_content_decides_not_the_name(self):
        for name, content in {
            "virus.png": EXE,
            "picture.exe": PNG,
            "picture.jpg": PNG,
            "picture": PNG,
            "vector.png": SVG,
            "vector.svg": SVG,
            "page.png": HTML,
            "page.html": HTML,
            "picture.png.html": PNG,
            "log.png": LOG,
        }.items():
            with self.subTest(name=name):
                errors = self.errors_of((name, content))
                self.assertIn(f"“{name}” is not of a kind", errors)
                self.assertIn("Images", errors)

    def test_scripts_are_no_documents(self):
        self.error_type.attachment_kinds = "archives"
        for name, content in {
            "page.html": HTML,
            "page.txt": HTML,
            "vector.svg": SVG,
            "vector.txt": SVG,
            "virus.zip": EXE,
            "virus.pdf": EXE,
            "text.bat": b"del *.*",
        }.items():
            with self.subTest(name=name):
                self.assertFalse(self.accepts(name, content))

    def test_kinds(self):
        files = {
            "picture.png": PNG,
            "manual.pdf": PDF,
            "program.log": LOG,
            "program.txt": "Größe".encode(),
            "files.zip": zip_file(),
        }
        allowed = {"images": 1, "documents": 4, "archives": 5}
        for kinds, count in allowed.items():
            self.error_type.attachment_kinds = kinds
            accepted = [name for name, raw in files.items() if self.accepts(name, raw)]
            self.assertEqual(accepted, list(files)[:count], kinds)

    def test_count(self):
        self.assertIsNone(self.errors_of(("a.png", PNG), ("b.png", PNG)))
        errors = self.errors_of(*[(f"{name}.png", PNG) for name in "abc"])
        self.assertIn("Too many files: 3. Allowed: 2.", errors)

    def test_size(self):
        megabyte = 1024 * 1024
        fitting = PNG + bytes(megabyte - len(PNG))
        self.assertTrue(self.accepts("big.png", fitting))
        errors = self.errors_of(("big.png", fitting + b"x"))
        self.assertIn("“big.png” is larger than 1 MB.", errors)

    def test_images_that_can_not_be_read(self):
        """Odoo makes large images smaller; what it can't read would be an error."""
        stream = io.BytesIO()
        Image.new("1", (20000, 10000)).save(stream, "PNG")
        damaged = PNG.replace(b"IDAT", b"IDxx")
        for content in (damaged, stream.getvalue()):
            errors = self.errors_of(("broken.png", content))
            self.assertIn("“broken.png” can't be read as an image", errors or "")

    def test_empty_file(self):
        self.assertIn("“empty.png” is empty.", self.errors_of(("empty.png", b"")))

    def test_input_without_a_file(self):
        self.assertIsNone(self.errors_of(("", b"")))

    def test_one_wrong_file_refuses_all_and_names_them(self):
        errors = self.errors_of(("good.png", PNG), ("bad.png", EXE))
        self.assertIn("“bad.png”", errors)
        self.assertNotIn("“good.png”", errors)
        self.assertIn(
            ": good.png, bad.png", self.again(("good.png", PNG), ("bad.png", EXE))
        )

    def test_any_error_names_the_files_to_choose_again(self):
        again = self.again(("a.png", PNG), ("b.png", PNG), subject="")
        self.assertEqual(again, "Please choose your files again: a.png, b.png")
        self.assertFalse(self.again(subject=""))
        self.assertFalse(self.again(("a.png", PNG)))

    def test_names_lead_nowhere(self):
        ticket = self._file(
            self.ben, files=[("../../etc/cron.d/x.png", PNG), ("C:\\temp\\ä.png", PNG)]
        )
        names = ticket.answer_ids.attachment_ids.mapped("name")
        self.assertEqual(sorted(names), ["x.png", "ä.png"])

    def test_form_without_a_field_for_files_takes_none(self):
        self.error_type.field_ids.filtered(lambda f: f.field_type == "file").unlink()
        ticket = self._file(self.ben, files=[("a.png", PNG)])
        self.assertFalse(ticket.answer_ids.attachment_ids)

    def test_required_files(self):
        self.error_type._get_file_field().required = True
        self.assertEqual(self.errors_of(), "Please attach a file.")
        self.assertIsNone(self.errors_of(("a.png", PNG)))

    def test_one_field_for_files_on_a_form(self):
        with self.assertRaisesRegex(Exception, "at most one field for files"):
            self.error_type.field_ids[0].field_type = "file"

    def test_stored_kind_is_that_of_the_content(self):
        ticket = self._file(self.ben, files=[("a.png", PNG)])
        self.assertEqual(ticket.answer_ids.attachment_ids.mimetype, "image/png")
