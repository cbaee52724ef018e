import socket
import struct
import threading
import time
from unittest import TestCase
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from ...tools.mail import mail_domain
from ...tools.mail.mail_slips import COMMON_DOMAINS, suggest_address
from ...tools.text.company_names import significant_words

NAMES = {"mx.example": ["MX"], "host.example": ["A"], "six.example": ["AAAA"]}
TYPES = {15: "MX", 1: "A", 28: "AAAA"}


class TestSlips(TestCase):
    def test_common_slips(self):
        for typed, meant in {
            "gmial.com": "gmail.com",
            "gmal.com": "gmail.com",
            "gmaill.com": "gmail.com",
            "gmailcom": "gmail.com",
            "gmail.con": "gmail.com",
            "gmail.co": "gmail.com",
            "web.ed": "web.de",
            "wbe.de": "web.de",
            "web.dee": "web.de",
            "gmx.ed": "gmx.de",
            "gmx.con": "gmx.com",
            "t-onlin.de": "t-online.de",
            "tonline.de": "t-online.de",
            "t-online.d": "t-online.de",
            "yaho.de": "yahoo.de",
            "hotmial.com": "hotmail.com",
            "outlok.de": "outlook.de",
            "freent.de": "freenet.de",
            "adler-maschinen.ed": "adler-maschinen.de",
            "adler-maschinen.cmo": "adler-maschinen.com",
        }.items():
            with self.subTest(typed=typed):
                self.assertEqual(suggest_address(f"nora@{typed}"), f"nora@{meant}")

    def test_nothing_to_say(self):
        for domain in (*COMMON_DOMAINS, "adler.example", "gmx.li", "x.de", "de", ""):
            with self.subTest(domain=domain):
                self.assertIsNone(suggest_address(f"nora@{domain}"))
        for nonsense in ("", "@", "nora", "@gmial.com"):
            self.assertIsNone(suggest_address(nonsense))

    @given(st.text(max_size=40))
    def test_what_is_suggested_looks_right(self, domain):
        suggestion = suggest_address(f"nora@{domain}")
        if suggestion:
            self.assertIsNone(suggest_address(suggestion))


class TestCompanyNames(TestCase):
    def test_the_kind_of_company_says_nothing(self):
        for name, words in {
            "Adler Maschinenbau GmbH & Co. KG": ["adler", "maschinenbau"],
            "BRAUN Anlagenbau AG": ["braun", "anlagenbau"],
            "Optik Lang e.K.": ["optik", "lang"],
            "GmbH": [],
            "": [],
            None: [],
        }.items():
            with self.subTest(name=name):
                self.assertEqual(significant_words(name), words)


class NameServer(threading.Thread):
    """Answers about the names above; others don't exist.

    A slow one keeps its answers until it is closed.
    """

    def __init__(self, is_slow=False, code=0, garbage=b""):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = self.socket.getsockname()
        self.code, self.garbage = code, garbage
        self.may_answer = threading.Event()
        if not is_slow:
            self.may_answer.set()
        self.asked = []
        self.start()

    def run(self):
        while True:
            try:
                query, client = self.socket.recvfrom(512)
            except OSError:
                return
            if not query:
                return
            name, kind = self.parse(query)
            self.asked.append((name, kind))
            self.may_answer.wait()
            if self.garbage:
                self.socket.sendto(self.garbage, client)
            kinds = NAMES.get(name)
            code = self.code or (0 if kinds else 3)
            count = int(kind in (kinds or []))
            flags = 0x8180 | code
            answer = query[:2] + struct.pack("!5H", flags, 1, count, 0, 0) + query[12:]
            self.socket.sendto(answer, client)

    def parse(self, query):
        labels, place = [], 12
        while query[place]:
            labels.append(query[place + 1 : place + 1 + query[place]].decode())
            place += 1 + query[place]
        return ".".join(labels), TYPES[struct.unpack_from("!H", query, place + 1)[0]]

    def close(self):
        self.may_answer.set()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self.address)
        self.join()
        self.socket.close()


class TestMailDomain(TestCase):
    def setUp(self):
        super().setUp()
        mail_domain.forget()
        self.addCleanup(mail_domain.forget)

    def serve(self, **kw):
        server = NameServer(**kw)
        self.addCleanup(server.close)
        return server

    def ask(self, domain, *servers, timeout=2.0):
        addresses = [server.address for server in servers]
        return mail_domain.takes_mail(domain, addresses, timeout)

    def test_what_the_name_server_knows(self):
        server = self.serve()
        for domain, expected in {
            "mx.example": True,
            "host.example": True,
            "six.example": True,
            "none.example": False,
            "ümläut.example": False,
        }.items():
            with self.subTest(domain=domain):
                self.assertIs(self.ask(domain, server), expected)
        self.assertIn(("xn--mlut-moa5l.example", "MX"), server.asked)

    def test_nonsense_is_no_domain(self):
        server = self.serve()
        for domain in ("a..example", "x" * 64 + ".example", ""):
            self.assertIs(self.ask(domain, server), False)
        self.assertFalse(server.asked)

    def test_a_slow_server_is_not_waited_for(self):
        server = self.serve(is_slow=True)
        begin = time.monotonic()
        self.assertIsNone(self.ask("mx.example", server, timeout=0.1))
        self.assertLess(time.monotonic() - begin, 0.4)

    def test_a_broken_server_says_nothing_and_the_next_is_asked(self):
        broken = self.serve(code=2)
        self.assertIsNone(self.ask("mx.example", broken))
        self.assertIs(self.ask("mx.example", broken, self.serve()), True)

    def test_what_is_no_answer_to_the_question_is_ignored(self):
        for garbage in (b"x", b"\x00" * 12, b"\x00\x00\x81\x83" + b"\x00" * 40):
            mail_domain.forget()
            server = self.serve(garbage=garbage)
            self.assertIs(self.ask("mx.example", server), True)

    def test_answers_are_remembered(self):
        server = self.serve()
        for _time in range(3):
            self.ask("mx.example", server)
        self.assertEqual(len(server.asked), 1)

    def test_no_server_no_answer(self):
        with patch.object(mail_domain, "_system_servers", return_value=[]):
            self.assertIsNone(mail_domain.takes_mail("mx.example"))

    def test_only_few_ask_at_once(self):
        slots = [mail_domain._slots.acquire(blocking=False) for _n in range(2)]
        self.assertTrue(all(slots))
        try:
            self.assertIsNone(self.ask("mx.example", self.serve()))
        finally:
            for _slot in slots:
                mail_domain._slots.release()
