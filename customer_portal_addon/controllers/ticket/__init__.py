from . import (
    status,
    ticket_actions,
    ticket_lists,
    tickets,
)
