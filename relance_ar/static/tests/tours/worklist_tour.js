import { registry } from "@web/core/registry";

// An officer opens the worklist, reads why, approves, and sees the reminder sent.
registry.category("web_tour.tours").add("relance_worklist", {
    url: "/odoo/relances",
    steps: () => [
        {
            content: "open the reminder of the debtor",
            trigger: ".o_data_row .o_data_cell:contains('Debtor SARL')",
            run: "click",
        },
        {
            content: "ask why it is here",
            trigger: ".o_notebook .nav-link[name=why]",
            run: "click",
        },
        {
            content: "read the reason",
            trigger: "div[name=why]:contains('3 day(s) late')",
        },
        {
            content: "approve and send",
            trigger: "button[name=action_approve_and_send]",
            run: "click",
        },
        {
            content: "see it sent",
            trigger: ".o_arrow_button_current:contains('Sent')",
        },
        {
            content: "see in the history what was said",
            trigger: ".o-mail-Message:contains('payment reminder')",
        },
        {
            content: "go back to the worklist",
            trigger: ".breadcrumb-item a:contains('Worklist')",
            run: "click",
        },
        {
            content: "nothing is left to do",
            trigger: ".o_view_nocontent:contains('Nothing to chase today')",
        },
    ],
});

// An officer sees an overdue receivable and asks why it is chased.
registry.category("web_tour.tours").add("relance_why", {
    url: "/odoo/relance-receivables",
    steps: () => [
        {
            content: "ask why",
            trigger: ".o_data_row:contains('Debtor SARL') button[name=action_relance_explain]",
            run: "click",
        },
        {
            content: "read the answer",
            trigger: ".modal .o_field_widget[name=explanation]:contains('First reminder')",
        },
        {
            content: "close",
            trigger: ".modal-footer button:contains('Close')",
            run: "click",
        },
        {
            content: "the list is back",
            trigger: "body:not(:has(.modal)) .o_data_row:contains('Debtor SARL')",
        },
    ],
});
