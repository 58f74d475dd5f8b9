import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const PARTS = [
    ".o_action_manager",
    ".o_content",
    ".o_kanban_renderer",
    ".o_form_view_container",
    ".o_form_renderer",
    ".o_form_sheet_bg",
    ".o_form_sheet",
    ".o_control_panel",
];

// Nothing of a screen is reached by scrolling sideways only.
const fits = (what, trigger) => ({
    content: `${what} fits the screen`,
    trigger,
    run() {
        const width = document.documentElement.clientWidth;
        if (width > 400) {
            throw new Error(`This is no phone: ${width} px`);
        }
        const found = document.querySelectorAll(PARTS.join(","));
        for (const element of [document.documentElement, ...found]) {
            if (element.scrollWidth > element.clientWidth + 1) {
                const sizes = `${element.scrollWidth} px in ${element.clientWidth}`;
                throw new Error(`${what}: ${element.className} scrolls, ${sizes}`);
            }
        }
        for (const element of document.querySelectorAll(
            ".o_form_sheet .o_field_widget, .o_kanban_record .o_field_widget"
        )) {
            const { left, right } = element.getBoundingClientRect();
            if (right > width + 1 || left < -1) {
                const name = element.getAttribute("name");
                throw new Error(`${what}: ${name} ends at ${right} of ${width} px`);
            }
        }
    },
});

const open = (what) => [
    fits(`the list of ${what}`, ".o_kanban_record:contains('coop')"),
    {
        content: `open one of the ${what}`,
        trigger: ".o_kanban_record:contains('coop')",
        run: "click",
    },
];

// An officer looks at a promise, on the road.
tours.add("relance_promise_phone", {
    steps: () => [
        ...open("promises"),
        fits("a promise", ".o_form_sheet .o_field_widget[name=amount_received]"),
    ],
});

tours.add("relance_promise_new_phone", {
    steps: () => [fits("a new promise", ".o_form_sheet .o_field_widget[name=date]")],
});

// An officer changes an instalment of a plan, on the road.
tours.add("relance_plan_phone", {
    steps: () => [
        ...open("plans"),
        fits(
            "a plan",
            ".o_form_sheet .o_field_widget[name=instalment_ids] .o_kanban_record:contains('Coming')"
        ),
        {
            content: "open an instalment",
            trigger:
                ".o_field_widget[name=instalment_ids] .o_kanban_record:contains('250.00'):contains('Coming')",
            run: "click",
        },
        {
            content: "another amount",
            trigger: ".modal .o_field_widget[name=amount] input",
            run: "edit 240",
        },
        {
            content: "take it over",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "it is in the list",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=instalment_ids] .o_kanban_record:contains('240.00')",
        },
        fits("a changed plan", ".o_form_sheet"),
        { content: "save", trigger: ".o_form_button_save", run: "click" },
        {
            content: "it is saved",
            trigger: ".o_form_saved",
        },
        {
            content: "with its new sum",
            trigger: ".o_field_widget[name=amount_planned]:contains('990.00')",
        },
    ],
});

tours.add("relance_plan_new_phone", {
    steps: () => [fits("a new plan", ".o_form_sheet .o_field_widget[name=amount_total]")],
});
