from . import access, oauth, ticket_form, tickets
