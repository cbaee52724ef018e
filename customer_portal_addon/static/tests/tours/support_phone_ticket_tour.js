import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_portal_addon.phone_ticket", {
    steps: () => [
        {
            content: "the queue shows what waits on us",
            trigger: ".o_list_view .o_data_row:contains(Older ticket)",
        },
        {
            content: "somebody calls",
            trigger: ".o_list_view .o_control_panel button[name]:has(.fa-phone)",
            run: "click",
        },
        {
            content: "look for the number",
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit 0521 443312",
        },
        {
            content: "it is Ben's",
            trigger: ".ui-autocomplete .dropdown-item:contains(Ben)",
            run: "click",
        },
        {
            content: "the open ticket is shown",
            trigger: ".modal .o_data_row:contains(Older ticket)",
        },
        {
            content: "what it is about",
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Printer is on fire",
        },
        {
            content: "how urgent it is",
            trigger: ".modal .o_field_widget[name=priority] input[data-value='3']",
            run: "click",
        },
        {
            content: "done",
            trigger: ".modal button[name=action_create_ticket]",
            run: "click",
        },
        {
            content: "the ticket is open",
            trigger:
                "body:not(:has(.modal)) .o_form_view .o_field_widget[name=support_code]:contains(-)",
        },
    ],
});
