"""What of a mail is new, and what it only repeats."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import html_sanitize, plaintext2html

from ...tools.mail.mail_quotes import split_quotes

OUTLOOK = """<div><p>It works now.</p>
<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">
<p><b>Von:</b> Support &lt;support@vendor.example&gt;<br>
<b>Gesendet:</b> Montag, 15. Juni 2026 10:00<br>
<b>An:</b> Ben &lt;ben@adler.example&gt;<br><b>Betreff:</b> Crash</p></div></div>
<p>Please try again.</p></div>"""
GMAIL = """<div dir="ltr">It works now.</div><br><div class="gmail_quote">
<div dir="ltr" class="gmail_attr">Am Mo., 15. Juni 2026 um 10:00 Uhr schrieb Support
&lt;<a href="mailto:support@vendor.example">support@vendor.example</a>&gt;:<br></div>
<blockquote class="gmail_quote">Please try again.</blockquote></div>"""
THUNDERBIRD = """<p>It works now.</p><div class="moz-cite-prefix">Am 15.06.26 um 10:00
schrieb Support:<br></div><blockquote type="cite">Please try again.</blockquote>"""
OUTLOOK_ENGLISH = """<p>It works now.</p><hr><div id="divRplyFwdMsg"><b>From:</b>
Support &lt;support@vendor.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Ben<br>
<b>Subject:</b> Crash</div><div>Please try again.</div>"""
ORIGINAL = """<p>It works now.</p><p>-----Ursprüngliche Nachricht-----</p>
<p>Von: Support</p><p>Please try again.</p>"""
PLAIN = "<pre>It works now.\n\nOn Monday, Support wrote:\n> Please try again.\n</pre>"
PLAIN_ORIGINAL = """<pre>It works now.

-----Original Message-----
From: x

Please try again.</pre>"""
SIGNATURE = "<pre>It works now.\n\n-- \nPlease try again.\n</pre>"
UNDERLINED = (
    "<pre>It works now.\n\n________________________________\nVon: Support "
    "&lt;s@vendor.example&gt;\nGesendet: Montag\nAn: Ben\n\nPlease try again.</pre>"
)
WRAPPED = (
    "<pre>It works now.\n\nAm Mo., 15. Juni 2026 um 10:00 Uhr schrieb Support\n"
    "<support@vendor.example>:\n\n> Please try again.\n</pre>"
).replace("<support@vendor.example>", "&lt;support@vendor.example&gt;")
BELOW = "<pre>> Please try again.\n\nIt works now.</pre>"
BETWEEN = (
    "<p>Hello,</p><blockquote>Question one?</blockquote><p>Yes.</p>"
    "<blockquote>Question two?</blockquote><p>No.</p><blockquote>Bye</blockquote>"
)


def text_of(part):
    if not part.strip():
        return ""
    tree = html.fragment_fromstring(str(part), create_parent="div")
    return "".join(tree.text_content().split())


def sanitize(body):
    return str(html_sanitize(body, sanitize_attributes=False))


class TestQuotes(BaseCase):
    def split(self, body):
        """Split a mail; both parts together have to be all of it."""
        whole = sanitize(body)
        own, quoted = split_quotes(whole) or (whole, "")
        self.assertEqual(text_of(own) + text_of(quoted), text_of(whole))
        return text_of(own), text_of(quoted)

    def test_quotes_of_all_mail_programs_are_folded(self):
        for body in (
            OUTLOOK,
            OUTLOOK_ENGLISH,
            GMAIL,
            THUNDERBIRD,
            ORIGINAL,
            PLAIN,
            PLAIN_ORIGINAL,
            SIGNATURE,
            UNDERLINED,
            WRAPPED,
        ):
            with self.subTest(body=body):
                own, quoted = self.split(body)
                self.assertEqual(own, "Itworksnow.")
                self.assertIn("Pleasetryagain.", quoted)

    def test_answers_below_and_between_stay_visible(self):
        own, quoted = self.split(BELOW)
        self.assertIn("Itworksnow.", own)
        self.assertFalse(quoted)
        own, quoted = self.split(BETWEEN)
        self.assertIn("Yes.", own)
        self.assertIn("No.", own)
        self.assertEqual(quoted, "Bye")

    def test_nothing_to_fold(self):
        for body in (
            "<p>Hello</p>",
            "",
            "<blockquote>All of it</blockquote>",
            "<pre>> all\n> of it</pre>",
            "<p>From: here it goes on</p><p>as it was</p>",
            "<p>On Monday my boss wrote:</p><p>Crash</p>",
        ):
            with self.subTest(body=body):
                self.assertFalse(self.split(body)[1])

    def test_only_a_picture_above_the_quote(self):
        body = '<p><img src="/web/image/1"/></p><blockquote>Old</blockquote>'
        own, quoted = split_quotes(sanitize(body))
        self.assertIn("<img", own)
        self.assertEqual(text_of(quoted), "Old")

    def test_a_picture_below_the_quote_is_an_answer(self):
        body = '<p>See</p><blockquote>Old</blockquote><p><img src="/web/image/1"/></p>'
        self.assertFalse(self.split(body)[1])

    def test_quote_and_signature(self):
        own, quoted = self.split("<pre>Own\n\n> Old\n\n-- \nBen\n</pre>")
        self.assertEqual((own, quoted), ("Own", ">Old--Ben"))
        own, quoted = self.split("<pre>> Old\n\nOwn\n\n-- \nBen\n</pre>")
        self.assertEqual((own, quoted), (">OldOwn", "--Ben"))

    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(
            st.sampled_from(
                [
                    *("<div>", "</div>", "<p>", "</p>", "<br>", "<hr>", "<pre>"),
                    *("</pre>", "<blockquote>", "</blockquote>", "<b>", "</b>", "\n"),
                    *("-- ", "--\n", "> a\n", "Am 1.1. schrieb Ben:", "own", "&lt;"),
                    *("Von: a <a@b.de>", "Von: a@b.de", "Gesendet: x", "An: y"),
                    *("________", "<!-- x -->", "<table><tr><td>", "</table>"),
                    *("<img src='a'>", "-----Original Message-----", "ä", "<", "]]>"),
                ]
            ),
            max_size=40,
        ).map("".join)
        | st.text()
    )
    def test_no_text_is_ever_lost(self, body):
        self.split(body)

    def test_a_long_mail_in_short_time(self):
        body = plaintext2html("x\n" * 5000) + plaintext2html("> y\n" * 5000)
        own, quoted = self.split(body)
        self.assertTrue(own)


@tagged("post_install", "-at_install")
class TestQuotesOfTickets(TransactionCase):
    def test_no_active_content_comes_out(self):
        own, quoted = self.env["helpdesk.ticket"]._split_quotes(
            "<p onclick='x()'>Own<script>y()</script></p>"
            "<blockquote><img src=x onerror='z()'>Old</blockquote>"
        )
        for part in (own, quoted):
            for banned in ("onclick", "script", "onerror"):
                self.assertNotIn(banned, part)

    def test_nothing_to_fold_is_handed_back_as_it_came(self):
        for body in (False, "", "<p>Hello</p>"):
            own, quoted = self.env["helpdesk.ticket"]._split_quotes(body)
            self.assertEqual((own, quoted), (body or "", ""))
