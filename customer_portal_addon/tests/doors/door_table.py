"""What the methods do that remote callers reach, by the class that defines them."""


def names(table):
    """Return the methods of a table as ``model.method``.

    :param str table: lines ``model: method method …``, continued by indented ones
    """
    found = []
    for line in table.strip().splitlines():
        if not line.startswith(" "):
            model, _, line = line.partition(": ")
        found += [f"{model}.{name}" for name in line.split()]
    return found


# They answer, with what the caller may read anyway or with what is nobody's secret
ANSWERS = names("""
BaseModel: check_field_access_rights copy_data default_get fields_get get_base_url
    get_external_id get_field_translations get_metadata has_access name_create
    name_search read read_group search search_count search_read unlink
account.analytic.account: action_view_invoice action_view_vendor_bill
account.analytic.plan: action_view_analytical_accounts
account.chart.template: company_xmlid ref
account.edi.common: format_float
account.journal: action_configure_bank_journal create_bank_statement
    create_customer_payment create_supplier_payment open_invalid_statements_action
    open_payments_action
account.move: action_force_register_payment action_invoice_download_pdf
    action_invoice_download_ubl action_invoice_sent action_move_download_all
    action_open_business_doc action_register_payment action_reverse
    action_send_and_print action_view_source_sale_orders check_move_sequence_chain
    get_currency_rate get_inbound_types get_invoice_types get_outbound_types
    get_purchase_types get_sale_types is_inbound is_invoice is_sale_document
    open_adjusting_entries open_adjusting_entry_origin_moves open_created_caba_entries
    open_reconcile_view
account.move.line: action_add_from_catalog action_automatic_entry
    action_payment_items_register_payment action_register_payment
account.move.send.wizard: open_template_creation_wizard
account.payment: action_open_business_doc action_refund_wizard
account.reconcile.model: action_reconcile_stat
account.setup.bank.manual.config: validate
auth.passkey.key: action_rename_passkey
base: formatted_read_group get_empty_list_help get_formview_action get_import_templates
    get_view get_views get_website_meta mail_allowed_qweb_expressions
    mail_get_partner_fields web_read web_search_read
base.import.module: action_module_open
base.language.install: reload
base.module.update: action_module_open
base.module.upgrade: config
base_import.import: get_fields_tree
discuss.channel: get_mention_suggestions
helpdesk.ticket: action_open_duplicate_wizard action_view_duplicates
helpdesk.ticket.team: retrieve_dashboard
iap.account: action_open_registration_wizard action_open_sender_name_wizard
ir.actions.actions: get_bindings
ir.actions.report: get_available_barcode_masks get_wkhtmltopdf_state
ir.actions.server: history_wizard_action
ir.attachment: action_get get_serving_groups
ir.cron: toggle
ir.http: color_scheme get_currencies lazy_session_info routing_map
ir.model: get_authorized_fields has_searchable_parent_relation
ir.model.access: check
ir.model.fields: get_field_help get_field_string
ir.module.module: get_module_info get_themes_domain more_info
ir.profile: action_view_speedscope
ir.qweb.field: get_available_options user_lang value_from_string value_to_html
ir.ui.view: get_view_info
link.tracker: action_view_statistics recent_links
mail.activity: action_close_dialog activity_format
mail.activity.schedule: get_model_options
mail.blacklist: mail_action_blacklist_remove
mail.compose.message: open_template_creation_wizard
mail.message: action_open_document portal_message_format
mail.message.subtype: default_subtypes
mail.thread: message_get_followers message_subscribe message_unsubscribe message_update
mailing.contact: action_add_to_mailing_list action_import
mailing.contact.import: action_open_base_import
mailing.list: action_open_import action_send_mailing action_view_contacts
    action_view_contacts_blacklisted action_view_contacts_bouncing
    action_view_contacts_email action_view_contacts_opt_out action_view_mailings
mailing.mailing: action_test action_view_traces_canceled action_view_traces_failed
    action_view_traces_process action_view_traces_scheduled action_view_traces_sent
onboarding.onboarding.step: action_open_step_bank_account
    action_open_step_base_document_layout action_open_step_chart_of_accounts
    action_open_step_company_data action_open_step_create_invoice
    action_open_step_sales_tax
payment.provider: action_start_onboarding
phone.blacklist: phone_action_blacklist_remove
privacy.lookup.wizard: action_open_lines
product.attribute: action_open_product_template_attribute_lines
product.attribute.value: action_add_to_products action_update_prices
product.catalog.mixin: action_add_from_catalog
product.document: action_open_pdf_form_fields
product.pricelist: action_open_pricelist_report
product.product: action_view_sales
product.template: action_view_sales
quotation.document: action_open_pdf_form_fields
res.company: action_all_company_branches action_open_website_theme_selector
    action_save_onboarding_company_data cache_invalidation_fields
    get_next_batch_payment_communication google_map_link iap_enrich_auto
    setting_init_bank_account_action setting_init_credit_card_account_action
res.config: action_cancel action_skip next start
res.config.settings: action_open_template_user action_website_create_new open_company
    open_email_layout open_mail_templates open_new_user_default_groups
res.country: get_address_fields
res.currency: amount_to_text compare_amounts format get_all_currencies
    get_company_currency_for_spreadsheet round
res.groups: action_show_all_users
res.lang: action_activate_langs get_installed get_locales_for_spreadsheet
res.partner: action_open_api_keys action_open_business_doc action_open_support_contracts
    action_privacy_lookup action_view_helpdesk_tickets action_view_partner_invoices
    address_get create_company enrich_by_domain enrich_by_duns enrich_by_gst
    get_mention_suggestions google_map_link onchange_parent_id open_commercial_entity
    search_for_channel_invite
res.partner.bank: get_supported_account_types retrieve_acc_type
res.users: action_change_password_wizard action_get action_open_my_account_settings
    action_show_groups context_get get_company_currency_id get_totp_invite_url
    get_password_policy onchange_parent_id
sale.order: action_draft action_open_business_doc action_open_discount_wizard
    action_quotation_send action_view_invoice
sale.order.line: action_add_from_catalog
support.article: action_open_feedback
support.article.category: action_open_articles open_website_url
theme.ir.ui.view: compute_arch_fs
uom.uom: action_open_packaging_barcodes compare round
utm.campaign: action_redirect_to_invoiced action_redirect_to_quotations
utm.mixin: tracking_fields
website: button_go_website configurator_get_footer_links get_client_action
    get_client_action_url get_cta_data get_current_website get_unique_path pager
    search_pages viewref website_domain
website.published.mixin: open_website_url
website.technical.page: get_static_routes
""")

# They change what is the caller's own, in these tables
WRITES = {
    "account.move.preview_invoice": ["account_move"],
    "BaseModel.write": ["res_users", "res_partner"],
    "base.web_save": ["res_users", "res_partner"],
    "base.web_save_multi": ["res_users", "res_partner"],
    "mail.message.toggle_message_starred": ["mail_message"],
    "mail.push.device.get_web_push_vapid_public_key": ["ir_config_parameter"],
    "portal.mixin.get_portal_url": ["sale_order", "account_move", "helpdesk_ticket"],
    "res.users.on_change_login": ["res_users", "res_partner"],
    "res.users.preference_save": ["res_users", "res_partner"],
    "res.users.remove_oauth_access_token": ["res_users"],
    # on one's own invoice, as in the box on its page: in one's own name, to our team
    "mail.thread.message_notify": ["mail_message"],
    "mail.thread.message_post": ["mail_message"],
    "mail.thread.message_post_with_source": ["mail_message"],
    "res.users.reset_password": ["support_access_mail"],
    "res.users.switch_tour_enabled": ["res_users"],
    "sale.order.action_preview_sale_order": ["sale_order"],
}

# Keys of ours in the context -> why it is harmless when a remote caller sets them.
# Odoo lies between who sets and who reads each; what we call ourselves has arguments.
CONTEXT_KEYS = {
    "support_access_mail": "only a record counts, which nobody can send",
    "support_caller": "staff only: the search asks for the right to read the code",
    "support_claim_ticket_id": "a form of staff: customers may not call its method",
    "support_client": "counted for visitors only, who have no RPC",
    "support_colleague": "creating contacts takes a right that customers don't have",
    "support_credit_door": "only one object counts, which nobody can send",
    "support_kept_as_sent": "less is read of what one sends oneself",
    "support_mail": "only an object counts, which nobody can send",
    "support_policy": "what a field shows that only staff may read",
    "support_status_kept": "no change of status, for one's own answer",
    "support_subscribe": "subscribing takes a right that customers don't have",
}
