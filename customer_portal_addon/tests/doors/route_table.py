"""The routes that are not ours: what stands below a prefix, and why it is safe.

The walk opens each of them with records of others. A route below no prefix of these
fails: judge it, and add the narrowest prefix that says what it is.
"""

EDITOR = "for editors: each asks for the right to write what it changes"
FILES = "static files, pictures of nothing personal, or made from what one sends"
GUARDED = "asks for the right to read the record, or for its token"
OWN = "about the caller's own session, profile or settings"
RPC = "leads to call_kw, where test_generic_doors.py walks"
STAFF = "for staff: answers with what one may read, which is nothing for customers"
TOKEN = "only with the token of a mail, a link or a provider"
WEBSITE = "public pages, and what their blocks show of published records"

# Prefix -> why people outside may reach it
JUDGED = {
    "/@/": WEBSITE,
    "/account/": GUARDED,
    "/auth/passkey/": OWN,
    "/auth_oauth/": TOKEN,
    "/base_import": STAFF,
    "/base_setup/": STAFF,
    "/bus/": "which files the bus has; bus channels: test_bus_channels",
    "/chat/": "makes a channel for whoever has its token; staff's stay closed",
    "/dashboard/": TOKEN,
    "/digest/": TOKEN,
    "/discuss/": "channels of which one is a member only",
    "/doc": STAFF,
    "/donation/": "a payment of one's own",
    "/favicon.ico": FILES,
    "/google<": FILES,
    "/google_gmail/": TOKEN,
    "/html_editor/": EDITOR,
    "/invoice/transaction/": GUARDED,
    "/json": RPC,
    "/logo": FILES,
    "/mail/": "asks whether the thread, message or file is one's to read or write",
    "/mailing/": TOKEN,
    "/meet/": "makes a channel for whoever has its token; staff's stay closed",
    "/microsoft_outlook/": TOKEN,
    "/model/": WEBSITE,
    "/my": GUARDED,
    "/new/ticket": "see test_access_matrix.py",
    "/odoo": STAFF,
    "/pages": WEBSITE,
    "/payment/": GUARDED,
    "/portal/": GUARDED,
    "/product/": STAFF,
    "/r": "a short link leads where its maker said",
    "/report/": "renders with the rights of the caller",
    "/sale/": STAFF,
    "/sale_pdf_quote_builder/": STAFF,
    "/scoped_app": FILES,
    "/sitemap.xml": WEBSITE,
    "/sms/status": TOKEN,
    "/spreadsheet/": STAFF,
    "/terms": WEBSITE,
    "/unsubscribe_from_list": TOKEN,
    "/view": WEBSITE,
    "/web": "the web client: static files, one's session, and RPC with its rights",
    "/web_": EDITOR,
    "/website/": EDITOR,
    "/website_": WEBSITE,
    "/xmlrpc/": RPC,
}
# Pages themselves, not prefixes
PAGES = {"/": WEBSITE}

# Routes that the walk leaves out -> why
SKIPPED = {
    "/web/session/logout": "ends the session of the caller",
    "/web/session/destroy": "ends the session of the caller",
    "/web/database/": "closed by list_db and the master password",
    "/websocket": "see test_bus_channels",
}

# Routes that change what is nobody's, or the caller's own -> what the walk may see
WRITES = {
    "/bus/websocket_worker_bundle": {"new ir_attachment"},
    "/mailing/blocklist/add": {"new mail_message"},
    "/mailing/blocklist/remove": {"new mail_message"},
    "/my/invoices": {"changed account_move"},
    "/my/invoices/page/<int:page>": {"changed account_move"},
    "/sitemap.xml": {"new ir_attachment"},
}

# What the signature of a route doesn't say: URL, and the values of a form or of JSON.
# {ticket}, {order}, {invoice} … stand for ids of another customer
PAGES_OF_OTHERS = (
    "/my/orders/{order}?report_type=html",
    "/my/orders/{order}?access_token=",
    "/my/invoices/{invoice}?report_type=html",
    "/my/ticket/{ticket}?access_token=x",
    "/report/html/sale.report_saleorder/{order}",
    "/report/text/sale.report_saleorder/{order}",
    "/report/html/account.report_invoice/{invoice}",
    "/report/html/customer_portal_addon.report_credit_statement/{account}",
    "/report/html/mass_mailing.mailing_report/1",
    "/web/content/{file}",
    "/web/content/{file}/x.txt",
    "/web/content?model=helpdesk.ticket&id={ticket}&field=description",
    "/web/content?model=mail.message&id={note}&field=body",
    "/web/content/ir.attachment/{note_file}/raw",
    "/web/image/{file}",
    "/web/image/helpdesk.ticket/{ticket}/description",
    "/web/partner/vcard?partner_ids={partner}",
    "/web_enterprise/partner/{partner}/vcard",
    "/mail/view?model=helpdesk.ticket&res_id={ticket}",
    "/mail/message/{note}",
    "/mail/attachment/zip?file_ids={file}&zip_name=x",
    "/discuss/channel/{channel}",
    "/website/search?search=canary",
    "/website/image/helpdesk.ticket/{ticket}/description",
    "/website/info",
    "/odoo/helpdesk.ticket/{ticket}",
    "/json/1/helpdesk.ticket/{ticket}",
)
JSON_OF_OTHERS = (
    ("/mail/data", {"fetch_params": ["init_messaging", "failures", "discuss.channel"]}),
    (
        "/mail/data",
        {
            "fetch_params": [
                [
                    "mail.thread",
                    {
                        "thread_model": "helpdesk.ticket",
                        "thread_id": "{ticket}",
                        "request_list": ["followers", "attachments", "activities"],
                    },
                ]
            ],
            "context": {"active_test": False, "support_status_kept": True},
        },
    ),
    (
        "/mail/message/post",
        {
            "thread_model": "helpdesk.ticket",
            "thread_id": "{ticket}",
            "post_data": {"body": "x", "partner_emails": ["stranger@else.example"]},
            "context": {"mail_post_autofollow": True},
        },
    ),
    (
        "/mail/message/post",
        {
            "thread_model": "support.article",
            "thread_id": "{article}",
            "post_data": {"body": "x", "partner_emails": ["stranger@else.example"]},
        },
    ),
    ("/mail/message/update_content", {"message_id": "{note}", "update_data": {}}),
    (
        "/mail/message/reaction",
        {"message_id": "{note}", "content": "x", "action": "add"},
    ),
    (
        "/mail/chatter_fetch",
        {"thread_model": "helpdesk.ticket", "thread_id": "{ticket}"},
    ),
    ("/mail/attachment/delete", {"attachment_id": "{file}"}),
    (
        "/web/dataset/call_kw/helpdesk.ticket/read",
        {
            "model": "helpdesk.ticket",
            "method": "read",
            "args": [["{ticket}"], ["name"]],
            "kwargs": {},
        },
    ),
    ("/web/action/load", {"action_id": "helpdesk_mgmt.action_helpdesk_ticket"}),
    ("/web/domain/validate", {"model": "helpdesk.ticket", "domain": []}),
    (
        "/website/snippet/autocomplete",
        {
            "search_type": "all",
            "term": "canary",
            "options": {"displayDescription": True, "allowFuzzy": False},
        },
    ),
)
FORMS_OF_OTHERS = (
    ("/website/form/mail.mail", {"email_to": "stranger@else.example", "subject": "x"}),
    ("/website/form/helpdesk.ticket", {"name": "x", "description": "x"}),
    ("/website/form/res.partner", {"name": "x", "email": "x@else.example"}),
    (
        "/web/binary/upload_attachment",
        {"model": "helpdesk.ticket", "id": "{ticket}"},
    ),
)
