{
    "name": "Customer Support Portal: merged tickets",
    "summary": "Efforts, answers and participants move along when tickets are merged",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "Customer Portal Addon contributors",
    "website": "https://customer-portal-addon.example",
    "depends": ["customer_portal_addon", "helpdesk_mgmt_merge"],
    # a bridge: there as soon as both are, and no sooner
    "auto_install": True,
}
