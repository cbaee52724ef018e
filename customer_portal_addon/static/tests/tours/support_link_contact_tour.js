import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_portal_addon.link_contact", {
    steps: () => [
        {
            content: "look whose ticket it may be",
            trigger: ".o_form_view button[name=action_link_contact]",
            run: "click",
        },
        {
            content: "take the first suggestion",
            trigger:
                ".modal .o_data_row:contains(Gesa):contains(same phone number) button[name=action_link]",
            run: "click",
        },
        {
            content: "the ticket has its contact, and the dialog is gone",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=support_code]:contains(-)",
        },
        {
            content: "there is nothing more to link",
            trigger: ".o_form_view:not(:has(button[name=action_link_contact]))",
        },
    ],
});
