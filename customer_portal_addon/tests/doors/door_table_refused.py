"""Methods from which nobody outside gets an answer, by the class that defines them.

They raise for want of a right, or because no remote caller has what they take: records,
a session, elements of a page. A method that answers all the same fails the walk.
"""

from .door_table import names

REFUSED = names("""
BaseModel: action_archive action_unarchive check_access_rights check_access_rule copy
    copy_translations create export_data get_property_definition is_transient load
    onchange toggle_active update_field_translations
account.account: action_open_related_taxes action_unmerge get_account_group
    spreadsheet_fetch_balance_tag spreadsheet_fetch_debit_credit
    spreadsheet_fetch_partner_balance spreadsheet_fetch_residual_amount
    spreadsheet_move_line_action
account.accrued.orders.wizard: create_entries
account.analytic.line: on_change_unit_amount
account.analytic.plan: action_view_children_plans get_relevant_plans
account.automatic.entry.wizard: do_action
account.autopost.bills.wizard: action_ask_later action_automate_partner
    action_never_automate_partner
account.bank.statement.line: action_undo_reconciliation
account.cash.rounding: compute_difference round validate_rounding
account.chart.template: try_loading
account.edi.common: module_installed
account.financial.year.op: action_save_onboarding_fiscal_year
account.fiscal.position: action_create_foreign_taxes action_open_related_taxes
    map_account map_tax
account.journal: action_create_new action_create_vendor_bill action_post_all_entries
    button_fetch_in_einvoices button_refresh_out_einvoices_status
    button_unsubscribe_from_invoice_notifications create_document_from_attachment
    is_sample_action_available open_action open_action_with_context
    open_bank_difference_action set_bank_account show_sequence_holes
    show_unhashed_entries to_check_ids
account.lock_exception: action_revoke action_show_audit_trail_during_exception
account.merge.wizard: action_merge
account.move: action_activate_currency action_delete_duplicates action_duplicate
    action_post action_print_pdf action_switch_move_type action_toggle_block_payment
    action_update_fpos_values action_validate_moves_with_confirmation
    action_view_payment_transactions button_cancel button_draft button_hash
    button_request_cancel button_set_checked check_selected_moves
    compute_move_sent_values get_extra_print_items
    get_invoice_localisation_fields_required_to_invoice is_entry is_outbound
    is_purchase_document is_receipt js_assign_outstanding_line
    js_remove_outstanding_partial open_payments payment_action_capture
    payment_action_void refresh_invoice_currency_rate set_moves_checked
    unlink_snailmail_letters
account.move.line: action_open_business_doc action_unreconcile_match_entries
    get_column_to_exclude_for_colspan_calculation get_parent_section_line
    get_section_subtotal open_reconcile_view reconcile remove_move_reconcile
account.move.reversal: modify_moves refund_moves reverse_moves
account.move.send.batch.wizard: action_send_and_print
account.move.send.wizard: action_send_and_print cancel_save_template
    create_mail_template
account.payment: action_cancel action_draft action_post action_reject action_validate
    action_view_refunds button_open_bills button_open_invoices button_open_journal_entry
    button_open_statement_lines button_request_cancel mark_as_sent unmark_as_sent
account.payment.method.line: action_open_provider_form
account.payment.register: action_create_payments action_open_missing_account_partners
    action_open_untrusted_bank_accounts
account.reconcile.model: action_set_auto_reconcile action_set_manual
account.resequence.wizard: resequence
account.secure.entries.wizard: action_secure_entries
    action_show_draft_moves_in_hashed_period action_show_moves
account.setup.bank.manual.config: default_linked_journal_id set_linked_journal_id
account.tax: compute_all flatten_taxes_hierarchy get_tax_tags onchange_amount
    onchange_amount_type onchange_price_include validate_tax_group_id
auth.passkey.key: action_delete_passkey
auth.passkey.key.create: make_key
auth_totp.wizard: enable
base: formatted_read_grouping_sets get_formview_id read_progress_bar
    search_panel_select_multi_range search_panel_select_range view_header_get
    web_name_search web_override_translations web_read_group web_resequence
base.document.layout: document_layout_save extract_image_primary_secondary_colors
base.enable.profiling.wizard: submit
base.import.module: get_dependencies_to_install_names import_module
base.language.export: act_getfile
base.language.import: import_lang
base.language.install: lang_install switch_lang
base.module.install.request: action_send_request
base.module.install.review: action_install_module
base.module.uninstall: action_export_support action_uninstall
base.module.update: update_module
base.module.upgrade: get_module_list upgrade_module upgrade_module_cancel
base.partner.merge.automatic.wizard: action_merge action_skip
    action_start_automatic_process action_start_manual_process action_update_all_process
    parent_migration_process_cb
base_import.import: execute_import parse_preview
change.password.own: change_password
change.password.user: change_password_button
change.password.wizard: change_password_button
crm.team: action_primary_channel_button update_invoiced_target
decimal.precision: precision_get
digest.digest: action_activate action_deactivate action_send action_send_manual
    action_set_periodicity action_subscribe action_unsubscribe
discuss.channel: action_unfollow add_members channel_change_description channel_fetched
    channel_join channel_pin channel_rename channel_set_custom_name execute_command_help
    execute_command_leave execute_command_who invite_by_email set_message_pin
discuss.channel.rtc.session: action_disconnect
fetchmail.server: button_confirm_login fetch_mail onchange_server_type set_draft
google.gmail.mixin: open_google_gmail_uri
helpdesk.ticket: action_confirm_free action_duplicate_tickets action_link_contact
    action_make_article action_make_free action_reclassify
    action_timer_start action_timer_stop assign_to_me
helpdesk.ticket.duplicate.wizard: action_confirm
helpdesk.ticket.type: action_preview_form
html.field.history.mixin: html_field_history_get_comparison_at_revision
    html_field_history_get_content_at_revision
    html_field_history_get_unified_diff_at_revision
iap.account: action_buy_credits get get_account_id get_config_account_url get_credits
    get_credits_url validate_warning_alerts
ir.actions.report: associated_view barcode create_action get_paperformat
    get_paperformat_by_xmlid get_valid_action_reports report_action retrieve_attachment
    unlink_action
ir.actions.server: action_open_parent_action action_open_scheduled_action create_action
    run unlink_action
ir.actions.todo: action_launch action_open ensure_one_open_todo
ir.asset: filter_duplicate
ir.attachment: check create_unique force_storage generate_access_token
    regenerate_assets_bundles register_as_main_attachment
ir.config_parameter: get_param set_param unlink_default_parameters
ir.cron: action_open_parent_action action_open_scheduled_action method_direct_trigger
ir.default: discard_records discard_values set
ir.demo: install_demo
ir.demo_failure.wizard: done
ir.fields.converter: db_id_for for_model to_field
ir.filters: create_filter get_filters
ir.http: get_frontend_session_info get_nearest_lang get_translation_frontend_modules
    get_utm_domain_cookies is_a_bot session_info url_rewrite webclient_rendering_context
ir.mail_server: action_retrieve_max_email_size test_smtp_connection
ir.model: display_name_for get_available_models get_compatible_form_models
ir.model.access: call_cache_clearing_methods group_names_with_access
ir.model.data: check_object_reference toggle_noupdate
ir.model.fields: formbuilder_whitelist get_field_selection
ir.module.module: action_open_install_request button_choose_theme
    button_immediate_install button_immediate_install_app button_immediate_uninstall
    button_immediate_upgrade button_install button_refresh_theme button_remove_theme
    button_reset_state button_uninstall button_uninstall_wizard button_upgrade
    check_external_dependencies check_module_update downstream_dependencies
    get_values_from_terp module_uninstall next update_list update_theme_images
    upstream_dependencies
ir.module.module.dependency: all_dependencies
ir.profile: set_profiling
ir.qweb.field: attributes from_html record_to_html
ir.qweb.field.contact: get_record_to_html
ir.sequence: get_next_char next_by_code next_by_id
ir.ui.menu: get_user_roots load_menus load_menus_root load_web_menus
ir.ui.view: apply_inheritance_specs default_view delete_snippet distribute_branding
    extract_embedded_fields extract_oe_structures filter_duplicate get_combined_arch
    get_default_lang_code get_related_views get_view_hierarchy inherit_branding
    is_node_branded locate_node postprocess_and_fields rename_snippet
    render_public_asset replace_arch_section reset_arch save save_embedded_field
    save_oe_structure save_snippet to_empty_oe_structure to_field_ref
kpi.provider: get_account_kpi_summary get_kpi_summary
link.tracker: action_visit_page action_visit_page_statistics convert_links
    get_url_from_code search_or_create
link.tracker.click: add_click
mail.activity: action_cancel action_done action_done_redirect_to_other
    action_done_schedule_next action_feedback action_feedback_schedule_next
    action_notify action_open_document action_reschedule_nextweek
    action_reschedule_today action_reschedule_tomorrow get_activity_data
mail.activity.mixin: action_reschedule_my_next_nextweek action_reschedule_my_next_today
    action_reschedule_my_next_tomorrow activity_feedback activity_reschedule
    activity_schedule activity_search activity_send_mail activity_unlink
mail.activity.schedule: action_schedule_activities action_schedule_activities_done
    action_schedule_plan
mail.alias: open_document open_parent_document
mail.blacklist: action_add
mail.blacklist.remove: action_unblacklist_apply
mail.compose.message: action_schedule_message action_send_mail cancel_save_template
    create_mail_template
mail.followers.edit: edit_followers
mail.mail: action_open_document action_retry action_send_and_close cancel mark_outgoing
    process_email_queue send send_after_commit
mail.message: cancel_letter mark_all_as_read send_letter set_message_done unstar_all
mail.message.schedule: force_send
mail.notification: format_failure_reason
mail.push.device: register_devices unregister_devices
mail.scheduled.message: open_edit_form post_message
mail.template: action_open_mail_preview create_action send_mail send_mail_batch
    unlink_action
mail.template.reset: reset_template
mail.thread: message_change_thread message_mail_with_source message_new message_parse
    message_process message_route notify_cancel_by_type
mail.thread.blacklist: mail_action_blacklist_remove
mail.thread.phone: phone_action_blacklist_remove
mailing.contact: add_to_list
mailing.contact.import: action_import
mailing.contact.to.list: action_add_contacts action_add_contacts_and_send_mailing
mailing.list: action_merge
mailing.list.merge: action_mailing_lists_merge
mailing.mailing: action_cancel action_compare_versions action_duplicate
    action_fetch_favorites action_launch action_put_in_queue action_redirect_to_invoiced
    action_redirect_to_quotations action_reload action_remove_favorite
    action_retry_failed action_schedule action_select_as_winner action_send_mail
    action_send_winner_mailing action_set_favorite action_view_bounced
    action_view_clicked action_view_delivered action_view_link_trackers
    action_view_mailing_contacts action_view_opened action_view_replied convert_links
mailing.mailing.schedule.date: action_schedule_date
mailing.mailing.test: send_mail_test
mailing.subscription: open_mailing_contact
mailing.trace: action_view_contact set_bounced set_canceled set_clicked set_failed
    set_opened set_replied set_sent
microsoft.outlook.mixin: open_microsoft_outlook_uri
onboarding.onboarding: action_close action_close_panel action_refresh_progress_ids
    action_toggle_visibility
onboarding.onboarding.step: action_open_step_fiscal_year action_set_just_done
    action_validate_step action_validate_step_base_document_layout
    check_step_on_onboarding_has_action
onboarding.progress: action_close action_toggle_visibility
onboarding.progress.step: action_consolidate_just_done action_set_just_done
payment.capture.wizard: action_capture
payment.provider: action_reset_credentials action_toggle_is_published
    action_view_payment_methods button_immediate_install
payment.refund.wizard: action_refund
payment.token: get_linked_records_info
payment.transaction: action_capture action_post_process action_refund
    action_view_invoices action_view_refunds action_view_sales_orders action_void
phone.blacklist: action_add add remove
phone.blacklist.remove: action_unblacklist_apply
portal.mixin: action_share
portal.share: action_send_mail
portal.wizard: action_open_wizard
portal.wizard.user: action_grant_access action_invite_again action_refresh_modal
    action_revoke_access
privacy.lookup.wizard: action_lookup
privacy.lookup.wizard.line: action_archive_all action_open_record action_unlink
    action_unlink_all
product.attribute.value: check_is_used_on_products
product.label.layout: process
product.product: action_open_documents action_open_label_layout get_contextual_price
    get_product_multiline_description_sale open_product_template
product.template: action_open_documents action_open_label_layout get_contextual_price
    get_product_accounts get_single_product_variant has_dynamic_attributes
product.template.attribute.line: action_open_attribute_values
properties.base.definition: get_properties_base_definition
publisher_warranty.contract: update_notification
report.product.report_pricelist: get_html
res.company: action_save_onboarding_sale_tax compute_account_tax_fiscal_country
    compute_fiscalyear_dates get_chart_of_accounts_or_fail get_fiscal_dates
    get_new_account_code get_unaffected_earnings_account google_map_img
    install_l10n_modules opening_move_posted reflect_code_prefix_change
res.config: action_next cancel execute
res.config.settings: action_eu_oss_tax_mapping action_open_blocked_third_party_domains
    action_open_refused_contacts action_open_robots action_sale_start_payment_onboarding
    action_update_terms action_view_active_provider
    action_w_payment_start_payment_onboarding cancel edit_external_header execute
    get_config_warning get_option_name get_option_path get_uri get_values
    onchange_analytic_accounting onchange_module_account_budget
    redirect_to_buy_autocomplete_credit reload_template set_values
res.currency: is_zero
res.currency.rate: get_rates_for_spreadsheet
res.device: revoke
res.groups: get_application_groups
res.lang: format install_lang
res.partner: action_accept_support_claim action_assign_support_code
    action_send_password_mail action_send_support_invitation
    action_signup_prepare action_subscribe_to_support_list autocomplete_by_name
    autocomplete_by_vat can_edit_vat find_or_create get_mention_suggestions_from_channel
    get_partner_localisation_fields_required_to_invoice google_map_img
    iap_partner_autocomplete_get_tag_ids onchange_company_type signup_cancel
    signup_get_auth_param signup_prepare
res.partner.bank: action_archive_bank build_qr_code_base64 build_qr_code_url
    get_available_qr_methods_in_sequence
res.users: action_create_passkey action_reset_password action_revoke_all_devices
    action_setup_outgoing_mail_server action_show_accesses action_show_rules
    action_test_outgoing_mail_server action_totp_disable action_totp_enable_wizard
    action_totp_invite api_key_wizard auth_oauth authenticate change_password has_group
    has_groups preference_change_password revoke_all_devices
    send_unregistered_user_reminder signup web_create_users website_publish_button
res.users.apikeys: remove
res.users.apikeys.description: check_access_make_key make_key
res.users.identitycheck: action_use_password run_check
res.users.settings: get_embedded_actions_settings set_embedded_actions_setting
    set_res_users_settings set_volume_setting
reset.view.arch.wizard: reset_view_button
resource.calendar: get_work_duration_data get_work_hours_count plan_days plan_hours
    switch_based_on_duration switch_calendar_type
resource.calendar.attendance: get_week_type
resource.calendar.leaves: check_dates
resource.mixin: list_leaves
resource.resource: get_avatar_card_data
sale.advance.payment.inv: create_invoices view_draft_invoices
sale.mass.cancel.orders: action_mass_cancel
sale.order: action_cancel action_confirm action_lock action_quotation_sent action_unlock
    action_update_prices action_update_taxes create_document_from_attachment
    get_portal_last_transaction get_update_included_pdf_params payment_action_capture
    payment_action_void
sale.order.discount: action_apply_discount
sale.order.line: compute_uom_qty get_parent_section_line has_valued_move_ids
sale.report: action_open_order
server.action.history.wizard: restore_revision
sms.account.code: action_register
sms.account.phone: action_send_verification_code
sms.account.sender: action_set_sender_name
sms.composer: action_send_sms action_send_sms_mass_now
sms.sms: action_set_canceled action_set_error action_set_outgoing resend_failed send
sms.template: action_create_sidebar_action action_unlink_sidebar_action
sms.template.reset: reset_template
snailmail.letter: cancel snailmail_print
spreadsheet.dashboard: action_toggle_favorite
spreadsheet.dashboard.share: action_get_share_url
spreadsheet.mixin: get_display_names_for_spreadsheet
support.access.mail: action_assign_customer
support.api.key: action_revoke
support.api.key.wizard: action_make
support.article.feedback: action_done
support.contract: action_cancel action_confirm action_draft
support.credit.account: action_bill_shortfall action_post
support.credit.entry: action_reverse
support.credit.posting: action_post
support.credit.statement: action_print
support.mail.aside: action_create_ticket action_done
support.offer.source.mixin: action_open_offers action_send_offer
support.phone.ticket: action_create_ticket
support.ticket.charging: action_apply
support.ticket.link.suggestion: action_link
support.ticket.link.wizard: action_create action_link
support.time.entry: action_done action_draft action_timer_stop
template.reset.mixin: reset_template
theme.utils: disable_asset disable_view enable_asset enable_view
uom.uom: is_zero
update.product.attribute.value: action_confirm
utm.mixin: find_or_create_record
validate.account.move: validate_move
web_tour.tour: consume export_js_file get_current_tour get_tour_json_by_name
web_tour.tour.step: get_steps_json
website: action_dashboard_redirect check_existing_page configurator_addons_apply
    configurator_apply configurator_init configurator_missing_industry
    configurator_recommended_themes configurator_set_menu_links configurator_skip
    copy_menu_hierarchy create_and_redirect_configurator get_cdn_url
    get_suggested_controllers get_template get_theme_configurator_snippets
    get_unique_key get_website_page_ids image_url is_menu_cache_disabled is_public_user
    is_view_active new_page rule_is_enumerable search_url_dependencies
website.assets: make_scss_customization reset_asset save_asset
website.custom_blocked_third_party_domains: action_save
website.menu: get_tree save
website.multi.mixin: can_access_from_current_website
website.page: action_page_debug_view clone_page
website.published.mixin: create_and_get_website_url website_publish_button
website.rewrite: refresh_routes
website.robots: action_save
website.technical.page: open_website_url
website.visitor: action_send_mail action_send_sms
wizard.ir.model.menu.create: menu_create
""")
