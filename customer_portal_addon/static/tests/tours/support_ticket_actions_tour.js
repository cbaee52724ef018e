import { registry } from "@web/core/registry";

import { chooseFiles, waitForScripts } from "./support_tour_utils";

/** Steps that choose something in the menu of the ticket. */
function choose(action) {
    return [
        {
            content: "open the menu",
            trigger: "body[is-ready=true] [data-id=actions] .dropdown-toggle",
            run: "click",
        },
        {
            content: `choose ${action}`,
            trigger: `.dropdown-menu.show [data-action=${action}]`,
            run: "click",
            expectUnloadPage: true,
        },
        waitForScripts(),
    ];
}

/** A step that sends the form of the page. */
function send() {
    return {
        content: "send",
        trigger: ".o_support_form button[type=submit]",
        run: "click",
        expectUnloadPage: true,
    };
}

/** Ben edits, closes and reopens his ticket. */
registry.category("web_tour.tours").add("customer_portal_addon.ticket_actions", {
    steps: () => [
        ...choose("edit"),
        {
            content: "change the subject",
            trigger: "#input_subject",
            run: "edit Crash in the warehouse",
        },
        send(),
        {
            content: "the page has the new subject",
            trigger: "[data-id=action_done] ~ * h1:contains(Crash in the warehouse)",
        },
        ...choose("close"),
        {
            content: "say why",
            trigger: "#input_reason",
            run: "edit It was the cable",
        },
        send(),
        {
            content: "the reason is part of the conversation",
            trigger: ".o_support_message:contains(It was the cable)",
        },
        {
            content: "there is nothing to answer with",
            trigger: ".o_support_page:not(:has(textarea))",
        },
        ...choose("reopen"),
        {
            content: "without a reason it can't be reopened",
            trigger: ".o_support_form button[type=submit]",
            run: "click",
        },
        {
            content: "the mistake stands at the field",
            trigger: "#input_reason.is-invalid",
            run: "edit The cable was fine",
        },
        send(),
        {
            content: "the ticket is open again",
            trigger: ".o_support_message:contains(The cable was fine)",
        },
        {
            content: "it takes answers",
            trigger: "#reply textarea",
        },
    ],
});

/** Ben answers while somebody else does, too. The other answer is posted by the test. */
registry.category("web_tour.tours").add("customer_portal_addon.crossing_answers", {
    steps: () => [
        waitForScripts(),
        {
            content: "write an answer",
            trigger: "#input_body",
            run: "edit My long text",
        },
        chooseFiles("one.png"),
        {
            content: "meanwhile the ticket has changed",
            trigger: ".o_support_reply",
            run() {
                const mark = this.anchor.querySelector("input[name=seen]");
                mark.value = mark.value.replace(/^\d+/, "0");
            },
        },
        {
            content: "send",
            trigger: ".o_support_form button[type=submit]",
            run: "click",
        },
        {
            content: "the other answer is shown",
            trigger: "[data-id=form_errors]:contains(Please restart)",
        },
        {
            content: "the text is still there, and so is the file",
            trigger: "#input_body:value(My long text)",
        },
        {
            content: "the file, too",
            trigger: ".o_support_files_list:contains(one.png)",
        },
        {
            content: "send nevertheless",
            trigger: ".o_support_form button[type=submit]:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the answer is part of the conversation",
            trigger: ".o_support_message:contains(My long text):contains(one.png)",
        },
    ],
});
