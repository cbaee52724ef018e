import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * Asks the server, while the form is being filled in, whether the address may be
 * misspelled. It is a hint: the form can be sent all the same.
 */
export class SupportAddressHint extends Interaction {
    static selector = ".o_support_form[data-captcha]";
    dynamicContent = {
        _root: { "t-on-change": this.onChange },
    };

    setup() {
        this.asked = "";
    }

    /**
     * @param {Event} ev
     */
    async onChange(ev) {
        const input = ev.target;
        if (input.name !== "email" || input.value === this.asked) {
            return;
        }
        this.asked = input.value;
        const body = new FormData();
        body.append("csrf_token", this.el.querySelector("[name=csrf_token]").value);
        body.append("email", input.value);
        let hint = {};
        try {
            const request = { method: "POST", body };
            const response = await this.waitFor(fetch("/support/address", request));
            hint = response.ok ? await this.waitFor(response.json()) : {};
        } catch {
            // a hint less
        }
        if (input.isConnected && input.value === this.asked) {
            this.show(input, hint);
        }
    }

    show(input, { suggestion, warning }) {
        const field = input.closest(".o_support_field");
        field.querySelector(".o_support_hint")?.remove();
        if (!suggestion && !warning) {
            return;
        }
        const place = document.createElement("div");
        place.className = "alert alert-warning mt-2 mb-0 py-2 o_support_hint";
        place.role = "status";
        place.textContent = warning || _t("Did you mean");
        if (suggestion) {
            const button = document.createElement("button");
            button.type = "button";
            button.className = "btn btn-link alert-link p-0 ms-1 align-baseline text-break";
            button.textContent = suggestion;
            this.addListener(button, "click", () => {
                input.value = this.asked = suggestion;
                place.remove();
                input.focus();
            });
            place.append(button, "?");
        }
        input.after(place);
    }
}

registry
    .category("public.interactions")
    .add("customer_portal_addon.address_hint", SupportAddressHint);
