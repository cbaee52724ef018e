"""Every page of the portal in a browser that enforces our policy."""

import json
from unittest.mock import patch

from markupsafe import Markup

from odoo.tests import tagged

from ..http_common import SupportHttpCase

# Opens pages one after the other; a page remembers what it was refused from its start
WALK = """
(async () => {
    const refused = [];
    for (const url of %(urls)s) {
        const frame = document.createElement("iframe");
        frame.width = 1300;
        frame.src = url;
        const loaded = new Promise((done) => (frame.onload = done));
        document.body.append(frame);
        await loaded;
        const page = frame.contentWindow;
        if (!page.location.href.startsWith("http")) {
            refused.push(`${url}: no page`);
            continue;
        }
        for (let i = 0; i < 100; i++) {
            if (page.document.body.getAttribute("is-ready") === "true") {
                break;
            }
            await new Promise((done) => setTimeout(done, 100));
        }
        if (page.document.body.getAttribute("is-ready") !== "true") {
            refused.push(`${url}: its scripts did not start`);
        }
        await new Promise((done) => {
            const note = (reports) => {
                for (const { body } of reports) {
                    refused.push(
                        `${url}: ${body.effectiveDirective} ${body.blockedURL} ` +
                            `${body.sample} (${body.sourceFile}:${body.lineNumber})`
                    );
                }
            };
            const options = { types: ["csp-violation"], buffered: true };
            const observer = new page.ReportingObserver(note, options);
            observer.observe();
            page.setTimeout(() => {
                note(observer.takeRecords());
                observer.disconnect();
                done();
            }, 50);
        });
        frame.remove();
    }
    if (refused.length) {
        console.error(`REFUSED\\n${refused.join("\\n")}`);
    } else {
        console.log("test successful");
    }
})();
"""
EDITOR = """
(async () => {
    let page;
    for (let i = 0; i < 600; i++) {
        page = document.querySelector(".o_website_preview iframe")?.contentWindow;
        if (page?.document.querySelector("body.editor_enable .o_editable")) {
            break;
        }
        await new Promise((done) => setTimeout(done, 100));
    }
    if (!page?.document.querySelector("body.editor_enable .o_editable")) {
        throw new Error("The editor did not start");
    }
    if (!page.location.pathname.endsWith("/support")) {
        throw new Error(`Not our page: ${page.location}`);
    }
    const options = { types: ["csp-violation"], buffered: true };
    const observer = new page.ReportingObserver(() => {}, options);
    observer.observe();
    await new Promise((done) => setTimeout(done, 200));
    const refused = observer.takeRecords().map(({ body }) => JSON.stringify(body));
    if (refused.length) {
        throw new Error(refused.join("\\n"));
    }
    console.log("test successful");
})();
"""
PUBLIC = (
    "/support",
    "/support/status",
    "/support/packages",
    "/support/kb",
    "/support/kb/{category}",
    "/support/kb/article/{article}",
    "/support/ticket/new",
    "/support/ticket/{ticket}/close?token={token}",
    "/support/ticket/{ticket}/close?token=broken",
    "/support/ticket/{ticket}/close",
    "/support/notifications?token=broken",
    "/support/notifications",
    "/support/activate",
    "/support/password",
    "/support/refused",
    "/support/no-such-page",
)
GUEST = (
    "/support/register",
    "/support/ticket/send/{type}",
    "/web/login",
    "/web/reset_password",
    "/web/signup?token={signup}",
    "/web/signup?token=broken",
)
CONTACT = (
    "/my",
    "/my/home",
    "/my/tickets",
    "/my/ticket/{ticket}",
    "/my/ticket/{ticket}/edit",
    "/my/ticket/{ticket}/participants",
    "/my/ticket/{ticket}/close",
    "/my/security",
    "/support/ticket/new/{type}",
)
ADMINISTRATOR = ("/my/tickets/company", "/my/credit", "/my/colleagues")


@tagged("post_install", "-at_install")
class TestPolicyInABrowser(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.error_type.is_public = True
        cls.ticket = cls._create_ticket(cls.ben)
        cls.article = cls._create_article("Open to everybody")
        nina = cls.env["res.partner"].create(
            {"name": "Nina", "parent_id": cls.adler.id, "email": "nina@adler.example"}
        )
        nina.signup_prepare()
        slug = cls.env["ir.http"]._slug
        cls.places = {
            "ticket": cls.ticket.id,
            "token": cls.ticket._get_link_token("close", cls.ben.partner_id),
            "type": slug(cls.error_type),
            "article": slug(cls.article),
            "category": slug(cls.article.category_id),
            "signup": nina._generate_signup_token(),
        }

    def walk(self, pages, user=None):
        urls = [page.format(**self.places) for page in pages]
        self.browser_js(
            "/support/status",
            WALK % {"urls": json.dumps(urls)},
            ready="document.body.getAttribute('is-ready') === 'true'",
            login=user and user.login,
            timeout=240,
        )

    def test_guest(self):
        self.walk(PUBLIC + GUEST)

    def test_contact(self):
        self.walk(PUBLIC + CONTACT, self.ben)

    def test_administrator(self):
        self.walk(PUBLIC + CONTACT + ADMINISTRATOR, self.anna)

    def test_editor(self):
        """Staff edit a page of ours, in a frame as the editor does it."""
        self.env.ref("base.user_admin").tz = "Europe/Berlin"
        self.browser_js(
            "/odoo/action-website.website_preview?path=/support&enable_editor=1",
            EDITOR,
            login="admin",
            timeout=120,
        )

    def test_a_script_that_was_typed_does_not_run(self):
        """Suppose that a page printed it as it is: the browser refuses all of it."""
        typed = Markup(
            "<script>window.HACKED = 1</script>"
            "<img src='/nothing.png' onerror='window.HACKED = 2'>"
            "<iframe srcdoc='<script>parent.HACKED = 3</script>'></iframe>"
        )
        company = type(self.company)
        code = """
            setTimeout(() => {
                const isHere = document.querySelector("img[onerror*=HACKED]");
                if (!isHere || window.HACKED) {
                    console.error(`HACKED ${window.HACKED}, ${isHere}`);
                } else {
                    console.log("test successful");
                }
            }, 500);
        """
        with patch.object(company, "_get_support_contact", lambda company: typed):
            self.browser_js(
                "/support/refused",
                code,
                ready="document.body.getAttribute('is-ready') === 'true'",
                error_checker=lambda message: "HACKED" in message,
            )
