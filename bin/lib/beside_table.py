"""What bin/test --beside installs beside our addons, and which suites it runs.

Each part has a database of its own, with these modules and what they depend on: all of
them in one would make so many of the suites fail without us that they would prove
little. A suite is a folder or a file of tests below the addons; only those are named
that touch models, pages or doors of ours. Versions: bin/requirements/beside.txt.
"""

# part: (modules, suites)
PARTS = {
    "helpdesk": (
        """
        helpdesk_mgmt_activity helpdesk_mgmt_crm helpdesk_mgmt_merge
        helpdesk_mgmt_project helpdesk_mgmt_rating helpdesk_mgmt_sale
        helpdesk_mgmt_sale_project helpdesk_mgmt_sla helpdesk_portal_priority
        helpdesk_product helpdesk_ticket_close_inactive
        helpdesk_ticket_partner_response helpdesk_ticket_related
        """,
        """
        helpdesk_mgmt/test_helpdesk_category_hierarchy
        helpdesk_mgmt/test_helpdesk_fetchmail helpdesk_mgmt/test_helpdesk_portal
        helpdesk_mgmt/test_helpdesk_ticket helpdesk_mgmt/test_helpdesk_ticket_team
        helpdesk_mgmt/test_res_partner helpdesk_type helpdesk_mgmt_activity
        helpdesk_mgmt_crm helpdesk_mgmt_merge helpdesk_mgmt_project helpdesk_mgmt_rating
        helpdesk_mgmt_sale helpdesk_mgmt_sale_project helpdesk_mgmt_sla
        helpdesk_portal_priority helpdesk_ticket_close_inactive
        helpdesk_ticket_partner_response helpdesk_ticket_related
        """,
    ),
    "portal": (
        """
        account contract hr_timesheet l10n_de portal_account_personal_data_only
        portal_debranding portal_invitation_by_website portal_rating
        portal_sale_confirm_require_login portal_sale_list_extra_info
        portal_sale_order_search portal_sale_personal_data_only project sale_management
        sale_timesheet
        """,
        """
        portal account/test_portal_attachment account/test_portal_invoice
        account/test_res_partner_merge sale/test_access_rights sale/test_controllers
        project/test_portal project/test_project_sharing_portal_access
        hr_timesheet/test_portal_timesheet contract/test_portal
        portal_account_personal_data_only portal_debranding
        portal_invitation_by_website portal_sale_confirm_require_login
        portal_sale_list_extra_info portal_sale_personal_data_only
        """,
    ),
    "threads": (
        "mail portal_rating test_mail test_mail_full",
        """
        mail rating test_mail test_mail_full
        """,
    ),
    "mail": (
        """
        mail_activity_team mail_debranding mail_forward mail_message_search
        mail_multicompany mail_notification_custom_subject mail_optional_autofollow
        mail_optional_follower_notification mail_outbound_static mail_partner_opt_out
        mail_post_defer mail_restrict_follower_selection mail_restrict_send_button
        mail_show_follower mail_tracking mass_mailing
        """,
        """
        mail_activity_team mail_debranding mail_forward mail_message_search
        mail_multicompany mail_notification_custom_subject mail_optional_autofollow
        mail_optional_follower_notification mail_outbound_static mail_partner_opt_out
        mail_post_defer mail_restrict_follower_selection mail_tracking mass_mailing
        """,
    ),
    "login": (
        """
        auth_passkey_portal auth_signup auth_timeout auth_totp_mail auth_totp_portal
        """,
        """
        auth_passkey auth_signup auth_timeout auth_totp auth_totp_mail auth_totp_portal
        base/test_res_users base/test_res_partner base/test_res_partner_merge
        base/test_ir_http base/test_ir_attachment base/test_acl web/test_login
        web/test_session_info web/test_res_users web/test_web_redirect
        web/test_reports http_routing
        """,
    ),
    "people": (
        """
        auth_api_key auth_oauth_multi_token auth_oidc auth_session_timeout
        auth_user_case_insensitive base_user_role impersonate_login
        partner_contact_access_link partner_deduplicate_acl partner_email_check
        partner_email_duplicate_warn partner_firstname partner_multi_relation
        partner_stage password_security privacy_partner_to_be_forgotten
        """,
        """
        auth_api_key auth_oauth_multi_token auth_oidc auth_session_timeout
        auth_user_case_insensitive base_user_role impersonate_login
        partner_contact_access_link partner_deduplicate_acl partner_email_check
        partner_email_duplicate_warn partner_firstname partner_multi_relation
        partner_stage password_security privacy_partner_to_be_forgotten
        """,
    ),
    "server": (
        """
        auditlog base_search_fuzzy base_tier_validation queue_job res_company_active
        server_action_mass_edit tracking_manager
        """,
        """
        auditlog base_search_fuzzy base_tier_validation queue_job res_company_active
        server_action_mass_edit tracking_manager
        """,
    ),
    "website": (
        """
        event website website_blog website_conditional_visibility_user_group website_crm
        website_debranding website_form_require_legal website_forum
        website_forum_subscription website_slides
        """,
        """
        website/test_auth_signup_uninvited website/test_base_url
        website/test_controllers website/test_get_current_website website/test_lang_url
        website/test_menu website/test_multi_website website/test_page
        website/test_performance website/test_redirect website/test_res_users
        website/test_sitemap website/test_website_reset_password
        website/test_website_visitor website_blog website_crm website_forum
        website_slides website_conditional_visibility_user_group website_debranding
        """,
    ),
    "livechat": (
        "website_livechat crm_livechat survey",
        """
        im_livechat/test_cors_livechat im_livechat/test_discuss_channel
        im_livechat/test_get_discuss_channel im_livechat/test_message
        im_livechat/test_session_views website_livechat crm_livechat
        survey/test_survey_security survey/test_survey_controller
        """,
    ),
    "shop": (
        """
        website_require_login website_sale website_sale_checkout_skip_payment
        website_sale_hide_price website_sale_require_legal
        """,
        """
        website_require_login website_sale/test_address
        website_sale/test_ecommerce_access
        website_sale/test_express_checkout_flows website_sale/test_main_controller
        website_sale/test_sitemap website_sale/test_website_sale_cart
        website_sale/test_website_sale_mail website_sale/test_website_sale_product_page
        website_sale/test_website_sale_reorder_from_portal
        website_sale/test_website_sale_visitor website_sale_checkout_skip_payment
        website_sale_require_legal
        """,
    ),
}

# What CI takes turns with: parts that have been run to their end, with what they found
# mended or named below. A new part is run by hand first.
IN_TURN = ("shop", "helpdesk")

# Files that walk through pages in a browser: each test takes a minute, and many fail on
# a busy machine.
LEFT_OUT = ("test_ui*.py", "test_*_ui.py", "test_*tour*.py", "test_js.py")

# Our own that only say something beside others, run with ours.
OUR_SUITES = {
    "helpdesk": ("customer_portal_merge/tests",),
    "website": ("customer_portal_addon/tests/base/test_beside.py",),
    "livechat": ("customer_portal_addon/tests/base/test_beside.py",),
    "shop": ("customer_portal_addon/tests/base/test_beside.py",),
}

# A test that fails only with ours, on purpose: why. All others fail the run.
_ADDRESS = "the address is also the way to log in: customers don't change it alone"
_SIGNUP = "nobody signs up freely: people register with what shows who they are"
_RPC = "customers write messages by our pages only: by RPC they could pose as others"
_RESPONSE = "helpdesk_ticket_partner_response/tests/test_partner_response.py::"
_RESPONSE += "TestCustomerResponse::test_"
_SHORT = "its new password is shorter than ours, which have 12 characters"
_RESET = "website/tests/test_website_reset_password.py::TestWebsiteResetPassword::"
_LIVECHAT = "im_livechat/tests/test_session_views.py::"
EXPECTED = {
    f"{_RESPONSE}change_stage_customer_answered": _RPC,
    f"{_RESPONSE}change_stage_deactivated": _RPC,
    f"{_RESPONSE}no_change_stage_customer_answered": _RPC,
    "helpdesk_portal_priority/tests/test_helpdesk_portal_priority.py::"
    "TestHelpdeskPortalPriority::test_new_ticket_form_has_priority_selector": (
        "our form asks for the urgency itself, after the type has been chosen"
    ),
    "auth_totp_mail/tests/test_auth_signup.py::TestAuthSignupFlowWith2faEnforced::"
    "test_signup_with_2fa_enforced": _SIGNUP,
    "base/tests/test_res_users.py::TestUsers2::test_self_writeable_fields": _ADDRESS,
    "base/tests/test_res_users.py::TestUsersIdentitycheck::test_revoke_all_devices": (
        _SHORT
    ),
    f"{_RESET}test_01_website_reset_password_tour": _SHORT,
    f"{_LIVECHAT}TestImLivechatSessionViews::test_form_view_embed_thread": _SHORT,
    f"{_LIVECHAT}TestImLivechatLookingForHelpViews::test_form_view_embed_thread": (
        _SHORT
    ),
    "website/tests/test_performance.py::TestStandardPerformance::"
    "test_20_perf_sql_img_controller_bis": (
        "of a customer the gate asks once per request: one query"
    ),
    f"{_RESET}test_multi_website_reset_password_user_specific_user_account": (
        "who has the login is found by the job that writes the mail, not before"
    ),
}


def modules(part):
    return PARTS[part][0].split()


def suites(part):
    """``module`` (all its tests) or ``module/file``, each without ``.py``."""
    return PARTS[part][1].split()
