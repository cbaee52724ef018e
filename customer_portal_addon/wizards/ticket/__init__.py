from . import (
    helpdesk_ticket_duplicate_wizard,
    support_phone_ticket,
)
