from . import access, company, oauth, ticket_form, tickets, ticket_lists
