from . import (
    res_company,
    res_partner,
    support_public_guard,
    support_address_hint,
    helpdesk_ticket_type,
    helpdesk_ticket,
    helpdesk_ticket_claim,
)
