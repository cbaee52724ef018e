from . import (
    access,
    company,
    mail_links,
    oauth,
    offers,
    status,
    ticket_actions,
    ticket_form,
    ticket_lists,
    tickets,
)
