from . import (
    res_company,
    res_partner,
    helpdesk_ticket_type,
    support_api_key,
    support_api_key_owner,
    support_api_counter,
    support_api_request,
    support_api,
    helpdesk_ticket,
)
