from . import (
    support_credit_posting,
    support_credit_statement,
    support_ticket_charging,
)
