from odoo.tests import HttpCase, new_test_user, tagged

PUBLIC, PORTAL, STAFF = "public", "portal", "staff"
# How many queries more we may cost; portal users are asked for by the gate
MORE = {PUBLIC: 0, PORTAL: 1, STAFF: 0}
# The page says the balance, which is another one
BALANCE = 1


def read(model, method, *args, **kwargs):
    return {"model": model, "method": method, "args": args, "kwargs": kwargs}


NAMES = {"display_name": {}, "email": {}}
CALLS = {
    "a list": read(
        "res.partner", "web_search_read", domain=[], specification=NAMES, limit=80
    ),
    "a record": read("res.currency", "read", [1], ["name"]),
    "messages": read(
        "mail.message", "search_read", [("model", "=", "res.partner")], ["body"]
    ),
    "files": read(
        "ir.attachment", "search_read", [("res_model", "=", "res.partner")], ["name"]
    ),
    "tickets": read(
        "helpdesk.ticket", "web_search_read", domain=[], specification={"number": {}}
    ),
}
# What Odoo asks for its own pages, with the same modules and without us
ALONE = {
    PUBLIC: {
        "/": 4,
        "/contactus": 2,
        "/web/login": 12,
        "/web/image/website/1/favicon": 8,
        "/robots.txt": 6,
        "/nonsense": 11,
    },
    PORTAL: {
        "/": 11,
        "/contactus": 13,
        "/web/image/website/1/favicon": 5,
        "/nonsense": 13,
        "/my": 19 + BALANCE,
        "/my/account": 18,
        "/my/invoices": 15,
        "/my/orders": 15,
        "a list": 6,
        "a record": 2,
        "messages": 3,
    },
    STAFF: {
        "/": 8,
        "/my": 14,
        "/my/account": 17,
        "/odoo": 18,
        "a list": 4,
        "a record": 2,
        "messages": 6,
        "files": 3,
        "tickets": 2,
    },
}


@tagged("post_install", "-at_install")
class TestQueriesOfOthers(HttpCase):
    """What is there without us asks the database no more often because of us.

    A number that is too small after a new version of Odoo: ``bin/bench`` shows what
    Odoo asks alone.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.support_policy = "open"
        groups = {
            PORTAL: "base.group_portal",
            STAFF: "base.group_user,base.group_system,"
            "helpdesk_mgmt.group_helpdesk_manager",
        }
        for login, names in groups.items():
            email = f"{login}@some.example"
            new_test_user(cls.env, email, names, password=email, email=email)

    def ask(self, what):
        if what not in CALLS:
            return self.url_open(what, allow_redirects=False)
        call = CALLS[what]
        return self.url_open(
            f"/web/dataset/call_kw/{call['model']}/{call['method']}",
            json={"jsonrpc": "2.0", "method": "call", "params": call},
        )

    def queries_of(self, what):
        """Return the queries of a request, once all that is remembered is known."""
        for _number in range(3):
            answer = self.ask(what)
            self.assertIn(answer.status_code, (200, 404), what)
            self.assertNotIn('"error"', answer.text[:60], what)
        # as the website's own tests of its queries count them
        nested = self.profile(collectors=["sql"], db=False)
        with nested:
            self.registry.get_sequences(self.cr)
            self.ask(what)
        outer = nested._profiler__
        profilers = [outer, *outer.sub_profilers]
        entries = [each for p in profilers for each in p.collectors[0].entries]
        return [entry["full_query"].strip() for entry in entries]

    def test_as_many_as_without_us(self):
        """Visitors and staff cost nothing more, portal users one query (H8)."""
        for who, pages in ALONE.items():
            login = None if who == PUBLIC else f"{who}@some.example"
            self.authenticate(login, login)
            for what, alone in pages.items():
                with self.subTest(who=who, what=what):
                    queries = self.queries_of(what)
                    most = alone + MORE[who]
                    self.assertLessEqual(len(queries), most, "\n".join(queries))
