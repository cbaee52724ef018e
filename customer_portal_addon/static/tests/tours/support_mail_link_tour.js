import { registry } from "@web/core/registry";

/** Fails if the address still tells the token. */
function checkAddress() {
    if (location.href.includes("token") || document.referrer.includes("token")) {
        throw new Error("the token is in an address");
    }
}

registry.category("web_tour.tours").add("customer_portal_addon.mail_link", {
    steps: () => [
        {
            content: "open the link that was given along",
            trigger: "#wrap",
            run: () => location.assign(location.hash.slice(1)),
            expectUnloadPage: true,
        },
        {
            content: "the ticket is shown",
            trigger: "[data-id=link_solved] .card:contains(Printer)",
            run: checkAddress,
        },
        {
            content: "say something",
            trigger: "textarea[name=comment]",
            run: "edit Thanks a lot",
        },
        {
            content: "close it",
            trigger: "[data-id=link_solved] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is closed",
            trigger: "[data-id=link_undoable] h1:contains(the ticket is closed)",
            run: checkAddress,
        },
    ],
});
