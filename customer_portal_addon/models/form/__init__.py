from . import (
    res_company,
    ir_attachment,
    support_form_field,
    support_form_field_option,
    support_form_answer,
    helpdesk_ticket_type,
    helpdesk_ticket_type_attachment,
    helpdesk_ticket_context,
    helpdesk_ticket,
)
