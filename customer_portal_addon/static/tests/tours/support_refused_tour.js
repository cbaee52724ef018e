import { registry } from "@web/core/registry";

const SENTENCES = {
    english: "Your e-mail address is not permitted to log in.",
    german: "Ihre E-Mail ist nicht zur Anmeldung zugelassen.",
};

for (const [language, sentence] of Object.entries(SENTENCES)) {
    registry.category("web_tour.tours").add(`customer_portal_addon.refused_${language}`, {
        steps: () => [
            {
                content: "enter the address",
                trigger: ".oe_login_form input[name=login]",
                run: "edit clara@koch.example",
            },
            {
                content: "enter the password",
                trigger: ".oe_login_form input[name=password]",
                run: "edit clara@koch.example",
            },
            {
                content: "log in",
                trigger: ".oe_login_form button[type=submit]",
                run: "click",
                expectUnloadPage: true,
            },
            {
                content: "the sentence, and whom to contact",
                trigger: `[role=alert]:contains(${sentence}):contains(support@vendor.example)`,
            },
            {
                content: "ask for the reasons",
                trigger: "a[href$='/support/refused']",
                run: "click",
                expectUnloadPage: true,
            },
            {
                content: "there are several",
                trigger: ".o_support li:eq(3)",
            },
            {
                content: "and somebody who helps",
                trigger: ".o_support .card:contains(support@vendor.example)",
            },
        ],
    });
}
