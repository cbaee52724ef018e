from . import (
    helpdesk_ticket_duplicate_wizard,
    support_api_key_show,
    support_api_key_wizard,
    mail_compose_message,
    support_credit_posting,
    support_credit_statement,
    support_phone_ticket,
    support_ticket_charging,
    support_ticket_link_suggestion,
    support_ticket_link_wizard,
)
