from . import access, company, mail_links, oauth, status, ticket_form, tickets
