import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const MEGABYTE = 1024 * 1024;

/**
 * Lists the chosen files below the input, lets people take single ones out again, add
 * more in several steps, and says at once which can't be sent. The server checks anew.
 */
export class SupportFileInput extends Interaction {
    static selector = ".o_support_files";
    dynamicContent = {
        "input[type=file]": { "t-on-change": this.onChange },
    };

    setup() {
        this.input = this.el.querySelector("input[type=file]");
        this.list = this.el.querySelector(".o_support_files_list");
        this.error = this.el.querySelector(".o_support_files_error");
        this.files = [];
    }

    onChange() {
        const isKnown = (file) =>
            this.files.some(
                (other) =>
                    other.name === file.name &&
                    other.size === file.size &&
                    other.lastModified === file.lastModified
            );
        const added = [...this.input.files].filter((file) => !isKnown(file));
        const { accepted, problems } = this.check(added);
        this.files.push(...accepted);
        this.show(problems);
    }

    /**
     * @param {File[]} added
     * @returns {{accepted: File[], problems: string[]}}
     */
    check(added) {
        const { maxCount, maxSize, endings } = this.el.dataset;
        const allowed = endings.split(",");
        const accepted = [];
        const problems = [];
        for (const file of added) {
            const ending = "." + file.name.split(".").pop().toLowerCase();
            if (!allowed.includes(ending)) {
                problems.push(_t("“%s” is not of a kind that is allowed here.", file.name));
            } else if (file.size > maxSize * MEGABYTE) {
                problems.push(_t("“%s” is larger than %s MB.", file.name, maxSize));
            } else if (this.files.length + accepted.length >= maxCount) {
                problems.push(_t("“%s” was left out. Files allowed: %s.", file.name, maxCount));
            } else {
                accepted.push(file);
            }
        }
        return { accepted, problems };
    }

    remove(file) {
        this.files = this.files.filter((other) => other !== file);
        this.show([]);
        this.input.focus();
    }

    show(problems) {
        const transfer = new DataTransfer();
        for (const file of this.files) {
            transfer.items.add(file);
        }
        this.input.files = transfer.files;
        this.input.classList.toggle("is-invalid", problems.length > 0);
        this.error.classList.toggle("d-block", problems.length > 0);
        this.error.textContent = problems.join("\n");
        this.list.replaceChildren(...this.files.map((file) => this.makeEntry(file)));
    }

    makeEntry(file) {
        const entry = document.createElement("li");
        const name = document.createElement("span");
        name.className = "text-break";
        name.textContent = file.name;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn btn-sm btn-link";
        button.textContent = _t("Remove");
        button.setAttribute("aria-label", _t("Remove %s", file.name));
        this.addListener(button, "click", () => this.remove(file));
        entry.append(name, button);
        return entry;
    }
}

registry
    .category("public.interactions")
    .add("customer_portal_addon.file_input", SupportFileInput);
