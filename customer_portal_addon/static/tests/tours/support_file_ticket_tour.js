import { registry } from "@web/core/registry";

import { checkFiles, chooseFiles, waitForScripts } from "./support_tour_utils";

registry.category("web_tour.tours").add("customer_portal_addon.file_ticket", {
    steps: () => [
        {
            content: "file a ticket",
            trigger: "a.o_support_card[href$='/support/ticket/new']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "choose the type",
            trigger: "a.o_support_card[href*='/support/ticket/new/program-error']",
            run: "click",
            expectUnloadPage: true,
        },
        waitForScripts(),
        {
            content: "say what it is about",
            trigger: "#input_subject",
            run: "edit The program crashes",
        },
        {
            content: "describe it",
            trigger: "#input_description",
            run: "edit As soon as I save.",
        },
        chooseFiles("first.png", "second.png"),
        checkFiles("first.png", "second.png"),
        {
            content: "send, without the window that the form asks for",
            trigger: ".o_support_form button[type=submit]",
            run: "click",
        },
        {
            content: "the error stands at the field, which has the focus",
            trigger:
                ".o_support_field[data-field=answer_window]:has(.o_support_error) input.is-invalid:focus",
        },
        {
            content: "no other field is wrong",
            trigger: ".o_support_form:not(:has(.o_support_error:eq(1)))",
        },
        {
            content: "the notice above the form says that nothing is lost",
            trigger: "[data-id=form_errors][role=alert]",
        },
        {
            content: "the subject is still there",
            trigger: "#input_subject:value(The program crashes)",
        },
        {
            content: "so is the description",
            trigger: "#input_description:value(As soon as I save.)",
        },
        checkFiles("first.png", "second.png"),
        {
            content: "answer what was missing",
            trigger: "#input_answer_window",
            run: "edit Order entry",
        },
        {
            content: "for once nothing can be saved",
            trigger: ".o_support_form",
            run() {
                const { fetch } = window;
                window.fetch = async () => {
                    window.fetch = fetch;
                    return new Response("", { status: 503 });
                };
            },
        },
        {
            content: "send, at the end of the form",
            trigger: ".o_support_form button[type=submit]",
            async run({ click }) {
                this.anchor.scrollIntoView({ behavior: "instant" });
                await click();
            },
        },
        {
            content: "the notice comes into sight",
            trigger: "[data-id=form_errors]:contains(We can't save anything)",
            run() {
                const { top, bottom } = this.anchor.getBoundingClientRect();
                if (top < 0 || bottom > window.innerHeight) {
                    throw new Error(`The notice is out of sight: ${top} to ${bottom}`);
                }
            },
        },
        checkFiles("first.png", "second.png"),
        {
            content: "send again",
            trigger: ".o_support_form button[type=submit]:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the ticket has arrived",
            trigger: ".o_support .alert-success[role=status]",
        },
        {
            content: "it has a number",
            trigger: "[data-id=number]:contains(HT)",
        },
        {
            content: "the answer is shown",
            trigger: "[data-id=answers] dd:contains(Order entry)",
        },
        {
            content: "so are both files",
            trigger:
                ".o_support_original .o_support_attachments:contains(first.png):contains(second.png)",
        },
        waitForScripts(),
        {
            content: "write an answer",
            trigger: ".o_support_reply textarea[name=body]",
            run: "edit It also happens when I print.",
        },
        {
            content: "send it",
            trigger: ".o_support_reply button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is part of the conversation",
            trigger:
                ".o_support_message:not(.o_support_original) .o_support_body:contains(It also happens when I print.)",
        },
        {
            content: "and can be followed by the next one",
            trigger: ".o_support_reply textarea:placeholder-shown",
        },
    ],
});
