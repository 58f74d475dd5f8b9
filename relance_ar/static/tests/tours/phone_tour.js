import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// Nothing of a dialog lies beside the screen of a phone.
const fits = (what) => ({
    content: `${what} fits the screen`,
    trigger: ".modal .modal-body .o_form_view",
    run() {
        const width = document.documentElement.clientWidth;
        if (width > 400) {
            throw new Error(`This is no phone: ${width} px`);
        }
        for (const element of document.querySelectorAll(
            ".modal .modal-body .o_field_widget, .modal .modal-footer button"
        )) {
            const { left, right } = element.getBoundingClientRect();
            if (right > width + 1 || left < -1) {
                throw new Error(`${element.getAttribute("name")} ends at ${right} of ${width} px`);
            }
        }
    },
});

// Nor is anything of a page beside it, however long the name of the customer.
export const narrow = (what) => ({
    content: `${what} does not scroll sideways`,
    trigger: ".o_form_view .o_form_sheet",
    run() {
        if (document.documentElement.clientWidth > 400) {
            throw new Error("This is no phone");
        }
        for (const selector of [".o_content", ".o_form_sheet_bg", ".o_form_sheet"]) {
            for (const { scrollWidth, clientWidth } of document.querySelectorAll(selector)) {
                if (scrollWidth > clientWidth + 1) {
                    throw new Error(`${selector}: ${scrollWidth} in ${clientWidth} px`);
                }
            }
        }
    },
});

// A dispute and a reminder of a customer with a long name.
tours.add("relance_long_name_phone", {
    steps: () => [
        { content: "the name is there", trigger: ".oe_title:contains('Établissements')" },
        narrow("the form"),
    ],
});

const more = {
    content: "more buttons",
    trigger: ".o_statusbar_buttons button[title=More]",
    run: "click",
};

// An officer logs a call, on the road.
tours.add("relance_call_phone", {
    steps: () => [
        { content: "log it", trigger: "button[name=action_log_call]", run: "click" },
        {
            content: "who answered",
            trigger: ".modal .o_field_widget[name=spoke_to] input",
            run: "edit Ms Martin",
        },
        {
            content: "a promise",
            trigger: ".modal .o_field_widget[name=late_outcome] .o_radio_item:contains('Promise') input",
            run: "click",
        },
        fits("a promise"),
        {
            content: "a dispute",
            trigger: ".modal .o_field_widget[name=late_outcome] .o_radio_item:contains('Dispute') input",
            run: "click",
        },
        { content: "its reason", trigger: ".modal .o_field_widget[name=reason_id]" },
        fits("a dispute"),
        {
            content: "nothing agreed",
            trigger: ".modal .o_field_widget[name=late_outcome] .o_radio_item:contains('Spoken') input",
            run: "click",
        },
        {
            content: "what was said",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit They call back.",
        },
        {
            content: "not in writing",
            trigger: ".modal .o_field_widget[name=confirms] input",
            run: "click",
        },
        { content: "log", trigger: ".modal-footer button[name=action_log]", run: "click" },
        { content: "it is closed", trigger: "body:not(:has(.modal))" },
    ],
});

// An officer concludes a dispute.
tours.add("relance_conclude_phone", {
    steps: () => [
        { content: "conclude", trigger: "button[name=action_conclude]", run: "click" },
        {
            content: "in part",
            trigger: ".modal .o_field_widget[name=outcome] .o_radio_item:contains('part') input",
            run: "click",
        },
        { content: "how much", trigger: ".modal .o_field_widget[name=amount] input" },
        fits("a part"),
        {
            content: "the debt stands",
            trigger: ".modal .o_field_widget[name=outcome] .o_radio_item:contains('debt') input",
            run: "click",
        },
        {
            content: "write later",
            trigger: ".modal .o_field_widget[name=sends_proofs] input",
            run: "click",
        },
        fits("a debt"),
        {
            content: "conclude",
            trigger: ".modal-footer button[name=action_conclude]",
            run: "click",
        },
        { content: "it is closed", trigger: "body:not(:has(.modal))" },
    ],
});

// An officer hands a debtor over.
tours.add("relance_handover_phone", {
    steps: () => [
        more,
        { content: "hand over", trigger: "button[name=action_hand_over]", run: "click" },
        {
            content: "what is expected",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit See the owner.",
        },
        fits("a hand-over"),
        {
            content: "not now",
            trigger: ".modal-footer button:contains('Discard')",
            run: "click",
        },
        { content: "it is closed", trigger: "body:not(:has(.modal))" },
    ],
});
