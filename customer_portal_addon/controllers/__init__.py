from . import (
    access,
    company,
    credit,
    mail_links,
    oauth,
    offers,
    packages,
    status,
    ticket_actions,
    ticket_form,
    ticket_lists,
    tickets,
)
