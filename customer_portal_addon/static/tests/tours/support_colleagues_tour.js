import { registry } from "@web/core/registry";

const GESA = "tr[data-colleague]:contains(gesa@adler.example)";

/** A step that looks whether the page fits on the screen. */
function checkWidth() {
    return {
        content: "nothing is wider than the screen",
        trigger: "h1:contains(Colleagues)",
        run() {
            const { scrollWidth, clientWidth } = document.documentElement;
            if (scrollWidth > clientWidth) {
                throw new Error(`The page is ${scrollWidth} wide on ${clientWidth}`);
            }
        },
    };
}

/** Steps that choose an action of Gesa. */
function choose(action, options = {}) {
    return [
        {
            content: "open the actions",
            trigger: `body[is-ready=true] ${GESA} [data-bs-toggle=dropdown]`,
            run: "click",
        },
        {
            content: `choose ${action}`,
            trigger: `${GESA} .dropdown-menu.show [data-action=${action}]`,
            run: "click",
            ...options,
        },
    ];
}

registry.category("web_tour.tours").add("customer_portal_addon.colleagues", {
    steps: () => [
        {
            content: "go to the colleagues",
            trigger: "a[href='/my/colleagues']",
            run: "click",
            expectUnloadPage: true,
        },
        checkWidth(),
        {
            content: "open the invitation",
            trigger: "body[is-ready=true] .o_support_disclosure summary",
            run: "click",
        },
        {
            content: "enter the name",
            trigger: "#invite_name",
            run: "edit Nina Neu",
        },
        {
            content: "enter an address with a mistake",
            trigger: "#invite_email",
            run: "edit nina.adler.example",
        },
        {
            content: "send",
            trigger: "form[data-id=invitation] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the mistake stands at the field",
            trigger: "#invite_email.is-invalid ~ #invite_email_error",
        },
        checkWidth(),
        {
            content: "the name is still there",
            trigger: "#invite_name:value(Nina Neu)",
        },
        {
            content: "correct the address",
            trigger: "body[is-ready=true] #invite_email",
            run: "edit nina@adler.example",
        },
        {
            content: "send again",
            trigger: "form[data-id=invitation] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the invitation is on its way",
            trigger: "[data-id=colleagues_done][role=status]",
        },
        {
            content: "the list says so",
            trigger:
                "tr[data-colleague]:contains(Nina Neu) [data-id=state][data-state=invited]",
        },
        ...choose("rename"),
        {
            content: "correct the name",
            trigger: "form.collapse.show[action$=rename] input[name=name]",
            run: "edit Gesa Adler",
        },
        checkWidth(),
        {
            content: "save",
            trigger: "form.collapse.show[action$=rename] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the name is corrected",
            trigger: `${GESA}:contains(Gesa Adler)`,
        },
        ...choose("switch_off"),
        {
            content: "yes, switch off",
            trigger: "form.collapse.show[action$=switch_off] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the access is off",
            trigger: `${GESA} [data-state=switched_off]`,
        },
        ...choose("switch_on", { expectUnloadPage: true }),
        {
            content: "the access is on",
            trigger: `${GESA} [data-state=allowed]`,
        },
        checkWidth(),
    ],
});
