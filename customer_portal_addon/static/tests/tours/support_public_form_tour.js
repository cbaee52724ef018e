import { registry } from "@web/core/registry";
import { checkFiles, chooseFiles, waitForScripts } from "./support_tour_utils";

const fill = (name, value) => ({
    content: `fill in ${name}`,
    trigger: `.o_support_form [name=${name}]`,
    run: `edit ${value} && press Tab`,
});

/** Somebody without a login files a ticket: a slip in the address, a box forgotten. */
registry.category("web_tour.tours").add("customer_portal_addon.public_form", {
    steps: () => [
        waitForScripts(),
        fill("email", "nora@gmial.com"),
        {
            content: "the slip is seen, and mended with one click",
            trigger: ".o_support_hint button:contains(nora@gmail.com)",
            run: "click",
        },
        {
            content: "the hint is gone",
            trigger: ".o_support_form:not(:has(.o_support_hint)) #input_email:value(nora@gmail.com)",
        },
        fill("name", "Nora Neu"),
        fill("company", "Neu GmbH"),
        fill("subject", "Crash"),
        fill("description", "when I print"),
        fill("answer_window", "Main"),
        chooseFiles("picture.png"),
        {
            content: "send it without the consent",
            trigger: ".o_support_form button[type=submit]",
            run: "click",
        },
        {
            content: "only the consent is missing",
            trigger: "[data-field=privacy] .o_support_error",
        },
        {
            content: "and nothing that was typed",
            trigger: "#input_description:value(when I print)",
        },
        checkFiles("picture.png"),
        {
            content: "agree",
            trigger: "#input_privacy",
            run: "check",
        },
        {
            content: "send it",
            trigger: ".o_support_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the start page says the number",
            trigger: "[data-id=filed_number]:contains(HT)",
        },
    ],
});
