import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Opens what is folded and prints the page. */
export class SupportPrint extends Interaction {
    static selector = ".o_support_print";
    dynamicContent = {
        _root: { "t-on-click": this.onClick },
    };

    onClick() {
        for (const folded of document.querySelectorAll(".o_support_earlier")) {
            folded.open = true;
        }
        window.print();
    }
}

registry.category("public.interactions").add("customer_portal_addon.print", SupportPrint);
