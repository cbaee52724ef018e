const PNG =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** A step that waits until the scripts of the page listen. */
export function waitForScripts() {
    return {
        content: "the scripts of the page have started",
        trigger: "body[is-ready=true] .o_support_form",
    };
}

/**
 * A step that chooses files, as the dialog of the browser would. All of them are images
 * by their content, whatever they are called.
 */
export function chooseFiles(...names) {
    return {
        content: `choose ${names.join(", ")}`,
        trigger: ".o_support_form input[type=file]",
        run() {
            const content = Uint8Array.from(atob(PNG), (char) => char.charCodeAt(0));
            const transfer = new DataTransfer();
            for (const name of names) {
                transfer.items.add(new File([content], name));
            }
            this.anchor.files = transfer.files;
            this.anchor.dispatchEvent(new Event("change", { bubbles: true }));
        },
    };
}

/** Steps that look whether exactly these files are going to be sent. */
export function checkFiles(...names) {
    return {
        content: `only ${names.join(", ")} are chosen`,
        trigger: names.length
            ? `.o_support_files_list:has(li:nth-child(${names.length}):last-child)`
            : ".o_support_files:not(:has(li))",
        run() {
            const { files } = document.querySelector(".o_support_form input[type=file]");
            const chosen = [...files].map((file) => file.name);
            const shown = [...document.querySelectorAll(".o_support_files_list span")];
            for (const found of [chosen, shown.map((entry) => entry.textContent)]) {
                if (found.join() !== names.join()) {
                    throw new Error(`${found.join()} instead of ${names.join()}`);
                }
            }
        },
    };
}
