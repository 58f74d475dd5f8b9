import { registry } from "@web/core/registry";

// A credit manager looks at the penalties of an invoice, claims them and waives them.
registry.category("web_tour.tours").add("relance_penalties", {
    steps: () => [
        {
            content: "open the tab of the invoice",
            trigger: ".o_notebook .nav-link[name=relance_penalties]",
            run: "click",
        },
        {
            content: "read a row",
            trigger: ".o_field_widget[name=relance_penalty_table] td:contains('12.15 %')",
        },
        {
            content: "look at a date, or claim",
            trigger: "button[name=action_relance_penalties]",
            run: "click",
        },
        {
            content: "the total is shown",
            trigger: ".modal .o_field_widget[name=sheet] tfoot:contains('139.86')",
        },
        {
            content: "prepare a claim",
            trigger: ".modal button[name=action_prepare]",
            run: "click",
        },
        {
            content: "claim it",
            trigger: ".o_form_view button[name=action_claim]",
            run: "click",
        },
        {
            content: "it is claimed",
            trigger: ".o_arrow_button_current:contains('Claimed')",
        },
        {
            content: "read it row by row",
            trigger: ".o_notebook .nav-link[name=sheet]",
            run: "click",
        },
        {
            content: "the row is there",
            trigger: ".o_field_widget[name=sheet_html] td:contains('99.86')",
        },
        {
            content: "waive it",
            trigger: ".o_form_view button[name=action_waive]",
            run: "click",
        },
        {
            content: "say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit late delivery",
        },
        {
            content: "confirm",
            trigger: ".modal button[name=action_waive]:contains('Waive')",
            run: "click",
        },
        {
            content: "it is waived",
            trigger: ".o_arrow_button_current:contains('Waived')",
        },
        {
            content: "who and why is in the chatter",
            trigger: ".o-mail-Message:contains('late delivery')",
        },
    ],
});
