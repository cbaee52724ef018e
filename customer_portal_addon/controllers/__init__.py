from . import access, company, ticket_form, tickets
