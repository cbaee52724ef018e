from . import (
    mail_compose_message,
    support_ticket_link_suggestion,
    support_ticket_link_wizard,
)
