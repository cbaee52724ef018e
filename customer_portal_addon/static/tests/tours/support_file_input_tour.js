import { registry } from "@web/core/registry";

import { checkFiles, chooseFiles, waitForScripts } from "./support_tour_utils";

const ERROR = ".o_support_files_error";

registry.category("web_tour.tours").add("customer_portal_addon.file_input", {
    steps: () => [
        waitForScripts(),
        chooseFiles("first.png", "second.png", "third.png"),
        {
            content: "the third is one too many and named",
            trigger: `${ERROR}:contains(third.png):not(:contains(first.png)):not(:contains(second.png))`,
        },
        checkFiles("first.png", "second.png"),
        {
            content: "take out the first",
            trigger: ".o_support_files_list li:contains(first.png) button",
            run: "click",
        },
        checkFiles("second.png"),
        {
            content: "the error is gone, the input has the focus",
            trigger: ".o_support_files:has(.o_support_files_error:empty) input:focus",
        },
        chooseFiles("program.exe"),
        {
            content: "programs are not allowed",
            trigger: `${ERROR}:contains(program.exe)`,
        },
        checkFiles("second.png"),
        chooseFiles("third.png"),
        checkFiles("second.png", "third.png"),
        {
            content: "take out the second",
            trigger: ".o_support_files_list li:contains(second.png) button",
            run: "click",
        },
        {
            content: "take out the third",
            trigger: ".o_support_files_list li:contains(third.png) button",
            run: "click",
        },
        checkFiles(),
    ],
});
