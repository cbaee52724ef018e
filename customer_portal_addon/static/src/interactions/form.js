import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Leads to the first error after loading and keeps a form from being sent twice. */
export class SupportForm extends Interaction {
    static selector = ".o_support_form";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        "button[type=submit]": { "t-att-disabled": () => this.isSent || undefined },
    };

    setup() {
        this.isSent = false;
        // a disabled button of a preview stays disabled
        const button = this.el.querySelector("button[type=submit]");
        this.isPreview = button.disabled;
        this.isSent = this.isPreview;
    }

    start() {
        this.el.querySelector(".is-invalid")?.focus();
    }

    onSubmit() {
        this.isSent = true;
    }
}

registry.category("public.interactions").add("customer_portal_addon.form", SupportForm);
