from . import access, company, oauth, ticket_actions, ticket_form, tickets
