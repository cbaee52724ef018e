from . import (
    access,
    company,
    credit,
    mail_links,
    oauth,
    status,
    ticket_actions,
    ticket_form,
    ticket_lists,
    tickets,
)
