from . import (
    status,
    ticket_lists,
    tickets,
)
