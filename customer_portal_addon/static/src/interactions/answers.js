import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

// What is shorter fits too much
const MIN_LENGTH = 4;
const DELAY = 350;

/**
 * Offers articles while the subject of a form is typed. They open in place, and
 * whoever has found the solution says so with one click and leaves the form.
 */
export class SupportAnswers extends Interaction {
    static selector = ".o_support_suggestions";
    dynamicSelectors = {
        ...this.dynamicSelectors,
        _form: () => this.form,
    };
    dynamicContent = {
        _form: { "t-on-input": this.onInput },
    };

    setup() {
        this.form = this.el.closest("form") || document.querySelector(".o_support_form");
        this.list = this.el.querySelector(".o_support_suggestions_list");
        this.status = this.el.querySelector(".o_support_suggestions_count");
        this.search = this.debounced(this.searchNow, DELAY);
        this.latest = "";
    }

    start() {
        // also what the form brought along: an error's, or one from the address
        const subject = this.form?.querySelector("[name=subject]");
        if (subject?.value) {
            this.search(subject.value);
        }
    }

    onInput(ev) {
        if (ev.target.name === "subject") {
            this.search(ev.target.value);
        }
    }

    async searchNow(text) {
        text = text.trim();
        if (text === this.latest) {
            return;
        }
        this.latest = text;
        const answers = text.length < MIN_LENGTH ? [] : await this.fetchAnswers(text);
        if (text === this.latest) {
            this.show(answers);
        }
    }

    /** Without an answer of the server the form is what it is without this box. */
    async fetchAnswers(text) {
        try {
            const url = "/support/kb/answers?" + new URLSearchParams({ q: text });
            const response = await this.waitFor(fetch(url));
            return response.ok ? (await this.waitFor(response.json())).answers : [];
        } catch {
            return [];
        }
    }

    show(answers) {
        const opened = this.list.querySelector("details[open]");
        if (opened && !answers.some(({ id }) => id === Number(opened.dataset.id))) {
            // somebody reads it: it stays
            return;
        }
        const shown = new Map(
            [...this.list.children].map((item) => [Number(item.dataset.id), item])
        );
        this.list.replaceChildren(
            ...answers.map((answer) => shown.get(answer.id) || this.makeItem(answer))
        );
        this.el.hidden = !answers.length;
        this.status.textContent = this.getStatus(answers.length);
    }

    getStatus(count) {
        if (!count) {
            return "";
        }
        return count === 1
            ? _t("1 article may help.")
            : _t("%s articles may help.", count);
    }

    makeItem({ id, name, url, excerpt }) {
        const item = document.createElement("details");
        item.className = "o_support_suggestion";
        item.dataset.id = id;
        const summary = document.createElement("summary");
        summary.append(
            this.makeElement("span", "o_support_suggestion_name", name),
            this.makeElement("span", "o_support_suggestion_excerpt", excerpt)
        );
        item.append(summary);
        this.addListener(item, "toggle", () => this.onToggle(item, url));
        return item;
    }

    makeElement(tag, className, text) {
        const element = document.createElement(tag);
        element.className = className;
        element.textContent = text;
        return element;
    }

    async onToggle(item, url) {
        if (!item.open || item.dataset.state) {
            return;
        }
        item.dataset.state = "loading";
        const content = this.makeElement("div", "o_support_suggestion_content", _t("Loading …"));
        item.append(content);
        try {
            const response = await this.waitFor(fetch(`${url}/body`));
            if (!response.ok) {
                throw new Error(response.statusText);
            }
            // our own page, of a text that the server has sanitized
            content.innerHTML = await this.waitFor(response.text());
            content.append(this.makeButton(url));
        } catch {
            delete item.dataset.state;
            content.remove();
            item.open = false;
            location.assign(url);
        }
    }

    makeButton(url) {
        const button = this.makeElement(
            "button",
            "btn btn-primary btn-sm mt-2",
            _t("This solves my problem")
        );
        button.type = "button";
        this.addListener(button, "click", () => this.finish(button, url));
        return button;
    }

    async finish(button, url) {
        button.disabled = true;
        const body = new FormData();
        body.append("csrf_token", this.el.dataset.token);
        try {
            const request = { method: "POST", body };
            const response = await this.waitFor(fetch(`${url}/solved`, request));
            location.assign(response.redirected ? response.url : "/support/kb/solved");
        } catch {
            button.disabled = false;
        }
    }
}

registry.category("public.interactions").add("customer_portal_addon.answers", SupportAnswers);
