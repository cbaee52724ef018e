from . import access, ticket_form, tickets
