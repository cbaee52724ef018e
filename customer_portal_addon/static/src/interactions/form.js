import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { Interaction } from "@web/public/interaction";

/**
 * Sends a form in the background, so that the chosen files survive when the server finds
 * something to correct: a browser forgets them with every new page. Without scripts the
 * form works as any form; the server then says which files to choose again.
 */
export class SupportForm extends Interaction {
    static selector = ".o_support_form";
    dynamicContent = {
        // before Odoo's captchas, which send a form even if there is no provider
        _root: { "t-on-submit.capture": this.onSubmit },
    };

    setup() {
        this.button = this.el.querySelector("button[type=submit]");
        this.isSending = false;
        this.isTokenOld = false;
    }

    start() {
        this.focusFirstError();
    }

    /**
     * @param {SubmitEvent} ev
     */
    async onSubmit(ev) {
        if (this.hasCaptcha()) {
            return;
        }
        ev.preventDefault();
        ev.stopImmediatePropagation();
        if (this.isSending || this.button.disabled) {
            return;
        }
        this.setSending(true);
        try {
            if (this.isTokenOld && !(await this.waitFor(this.renewToken()))) {
                this.showLoggedOut();
                return;
            }
            const request = { method: "POST", body: new FormData(this.el) };
            const response = await this.waitFor(fetch(this.el.action, request));
            if (this.isLogin(response)) {
                this.showLoggedOut();
                return;
            }
            if (response.redirected) {
                location.assign(response.url);
                return;
            }
            if (response.status === 413) {
                this.showNotice(_t("The files are too large. Please leave some of them out."));
                this.setSending(false);
                return;
            }
            if (response.status === 503) {
                this.showNotice(
                    _t(
                        "We can't save anything at the moment. Leave this page open and try again in a few minutes; nothing that you typed or chose is lost."
                    )
                );
                this.setSending(false);
                return;
            }
            if (response.status !== 422) {
                throw new Error(response.statusText);
            }
            const page = await this.waitFor(response.text());
            this.showErrors(new DOMParser().parseFromString(page, "text/html"));
        } catch {
            this.showNotice(
                _t(
                    "Sending didn't work. Please check your connection and try again; nothing that you typed is lost."
                )
            );
        }
        this.setSending(false);
    }

    isLogin(response) {
        return response.redirected && /\/web\/login$/.test(new URL(response.url).pathname);
    }

    /** Says how to go on after the login has ended; the page keeps what was typed. */
    showLoggedOut() {
        this.isTokenOld = true;
        const link = document.createElement("a");
        link.href = "/web/login";
        link.target = "_blank";
        link.textContent = _t("Log in again");
        this.showNotice(
            _t(
                "You were logged out. Nothing that you typed or chose is lost: leave this page open, log in in a new tab, come back and send it once more."
            ),
            " ",
            link
        );
        this.setSending(false);
    }

    /** Takes the token of the new login from this page as it is now. */
    async renewToken() {
        const response = await fetch(location.href);
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const token = page.querySelector(".o_support_form [name=csrf_token]");
        if (this.isLogin(response) || !token) {
            return false;
        }
        this.el.querySelector("[name=csrf_token]").value = token.value;
        this.isTokenOld = false;
        return true;
    }

    /** Captchas of Odoo send the form themselves, with what their provider says. */
    hasCaptcha() {
        return Boolean(
            this.el.dataset.captcha &&
                (session.recaptcha_public_key || session.turnstile_site_key)
        );
    }

    setSending(isSending) {
        this.isSending = isSending;
        this.button.disabled = isSending;
    }

    /**
     * Takes the checked fields over from the page that the server answered, but leaves
     * the input of the files, which the server can't send back.
     */
    showErrors(page) {
        for (const field of this.el.querySelectorAll(".o_support_field")) {
            const name = field.dataset.field;
            const checked = page.querySelector(
                `.o_support_form .o_support_field[data-field="${name}"]`
            );
            if (!checked) {
                continue;
            }
            if (!field.querySelector("input[type=file]")) {
                field.replaceWith(checked);
                continue;
            }
            for (const old of field.querySelectorAll(
                ".o_support_error, .o_support_files_again"
            )) {
                old.remove();
            }
            field.querySelector(".o_support_files_error").textContent = "";
            const error = checked.querySelector(".o_support_error");
            field.querySelector("input").classList.toggle("is-invalid", Boolean(error));
            field.append(...(error ? [error] : []));
        }
        const notice = page.querySelector("[data-id=form_errors]");
        this.showNotice(...(notice ? notice.childNodes : []));
        this.focusFirstError();
    }

    showNotice(...content) {
        let notice = this.el.parentElement.querySelector("[data-id=form_errors]");
        if (!notice) {
            notice = document.createElement("div");
            notice.className = "alert alert-danger";
            notice.role = "alert";
            notice.dataset.id = "form_errors";
            this.el.before(notice);
        }
        notice.replaceChildren(...content);
        notice.hidden = !content.length;
        // the button that was clicked is at the other end of the form
        notice.scrollIntoView({ behavior: "instant", block: "center" });
    }

    focusFirstError() {
        this.el.querySelector(".is-invalid")?.focus();
    }
}

registry.category("public.interactions").add("customer_portal_addon.form", SupportForm);
