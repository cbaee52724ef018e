import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Tells that somebody reads the article, once the page is there. */
export class SupportArticle extends Interaction {
    static selector = ".o_support_article[data-seen-url]";

    start() {
        const data = new FormData();
        data.append("csrf_token", this.el.dataset.token);
        navigator.sendBeacon(this.el.dataset.seenUrl, data);
    }
}

registry.category("public.interactions").add("customer_portal_addon.article", SupportArticle);
