import socket
import threading
import time

import dns.flags
import dns.message
import dns.name
import dns.nameserver
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ...tools.mail import mail_domain
from ...tools.mail.mail_slips import COMMON_DOMAINS, suggest_address
from ...tools.text.names import significant_words

NAMES = {
    "mx.example": {"MX": "10 mail.mx.example."},
    "host.example": {"A": "192.0.2.1"},
    "six.example": {"AAAA": "2001:db8::1"},
    "text.example": {"TXT": "nothing-but-text"},
    # a host that takes no mail, and says so
    "null.example": {"MX": "0 .", "A": "192.0.2.1"},
    "alias.example": {"CNAME": "mx.example."},
    "null-alias.example": {"CNAME": "null.example."},
    "dangling.example": {"CNAME": "gone.example."},
    "empty-alias.example": {"CNAME": "text.example."},
}


class TestSlips(BaseCase):
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


class TestCompanyNames(BaseCase):
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

    def __init__(self, is_slow=False, code=dns.rcode.NOERROR, garbage=b""):
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
            answer = self.answer(dns.message.from_wire(query))
            self.may_answer.wait()
            if self.garbage:
                self.socket.sendto(self.garbage, client)
            self.socket.sendto(answer.to_wire(), client)

    def answer(self, query):
        [question] = query.question
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((question.name.to_text(omit_final_dot=True), kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        answer.set_rcode(self.code)
        name = question.name
        while (records := self.records(name)) and "CNAME" in records:
            self.add(answer, name, "CNAME", records)
            name = dns.name.from_text(records["CNAME"])
        if records is None and not self.code:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        if kind in (records or ()):
            self.add(answer, name, kind, records)
        return answer

    def records(self, name):
        return NAMES.get(name.to_text(omit_final_dot=True))

    def add(self, answer, name, kind, records):
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, records[kind]))

    def close(self):
        self.may_answer.set()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self.address)
        self.join()
        self.socket.close()


class TestMailDomain(BaseCase):
    def setUp(self):
        super().setUp()
        mail_domain.forget()
        self.addCleanup(mail_domain.forget)

    def serve(self, **kw):
        server = NameServer(**kw)
        self.addCleanup(server.close)
        return server

    def ask(self, domain, *servers, timeout=2.0):
        def make_resolver():
            resolver = dns.resolver.Resolver(configure=False)
            resolver.nameservers = [
                dns.nameserver.Do53Nameserver(*server.address) for server in servers
            ]
            return resolver

        return mail_domain.takes_mail(domain, make_resolver, timeout)

    def test_what_the_name_server_knows(self):
        server = self.serve()
        for domain, expected in {
            "mx.example": True,
            "host.example": True,
            "six.example": True,
            "alias.example": True,
            "none.example": False,
            "text.example": False,
            "ümläut.example": False,
        }.items():
            with self.subTest(domain=domain):
                self.assertIs(self.ask(domain, server), expected)
        self.assertIn(("xn--mlut-moa5l.example", "MX"), server.asked)

    def test_a_domain_may_say_that_it_takes_no_mail(self):
        server = self.serve()
        for domain in ("null.example", "null-alias.example"):
            self.assertIs(self.ask(domain, server), False, domain)
        self.assertEqual({kind for _name, kind in server.asked}, {"MX"})

    def test_an_alias_of_nothing_takes_no_mail(self):
        server = self.serve()
        for domain in ("dangling.example", "empty-alias.example"):
            self.assertIs(self.ask(domain, server), False, domain)

    def test_nonsense_is_no_domain(self):
        server = self.serve()
        for domain in ("a..example", "x" * 64 + ".example", "", ".", "@", "\\999.x"):
            self.assertIs(self.ask(domain, server), False)
        self.assertFalse(server.asked)

    def test_a_slow_server_is_not_waited_for(self):
        server = self.serve(is_slow=True)
        begin = time.monotonic()
        self.assertIsNone(self.ask("mx.example", server, timeout=0.1))
        self.assertLess(time.monotonic() - begin, 0.4)

    def test_a_silent_server_leaves_the_next_one_time(self):
        silent = self.serve(is_slow=True)
        self.assertIs(self.ask("mx.example", silent, self.serve(), timeout=0.6), True)

    def test_a_broken_server_says_nothing_and_the_next_is_asked(self):
        broken = self.serve(code=dns.rcode.SERVFAIL)
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
        self.assertIsNone(self.ask("mx.example"))

        def fail():
            raise dns.resolver.NoResolverConfiguration

        self.assertIsNone(mail_domain.takes_mail("mx.example", fail))

    def test_only_few_ask_at_once(self):
        slots = [mail_domain._slots.acquire(blocking=False) for _n in range(2)]
        self.assertTrue(all(slots))
        try:
            self.assertIsNone(self.ask("mx.example", self.serve()))
        finally:
            for _slot in slots:
                mail_domain._slots.release()
