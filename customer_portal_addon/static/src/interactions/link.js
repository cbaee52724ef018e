import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * Opens a link of a mail: posts the token that stands behind the # of the address, where
 * no server, log or next page sees it, and takes it out of the address bar.
 */
export class SupportLink extends Interaction {
    static selector = ".o_support_link";
    dynamicContent = {
        // whoever completes the address loads no page
        _window: { "t-on-hashchange": this.openLink },
    };

    start() {
        this.openLink();
    }

    openLink() {
        const token = new URLSearchParams(location.hash.slice(1)).get("token");
        const shown = token ? "waiting" : "cut";
        for (const name of ["waiting", "cut"]) {
            const part = this.el.querySelector(`.o_support_link_${name}`);
            part.classList.toggle("d-none", name !== shown);
        }
        if (token) {
            history.replaceState(history.state, "", location.pathname + location.search);
            this.el.elements.token.value = token;
            this.el.submit();
        }
    }
}

registry.category("public.interactions").add("customer_portal_addon.link", SupportLink);
