import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// An officer reads a figure, asks for its formula, opens what is behind it, comes back,
// and looks at the debtors of a colleague, who has none.
tours.add("relance_dashboard", {
    url: "/odoo/relance-dashboard",
    steps: () => [
        {
            content: "what is overdue",
            trigger: ".o_relance_tile[data-code=overdue] .o_relance_value:contains('1,000')",
        },
        {
            content: "how it is worked out",
            trigger: ".o_relance_tile[data-code=dso] button[aria-label^='Formula']",
            run: "click",
        },
        {
            content: "the formula shows",
            trigger: ".o_relance_tile[data-code=dso] .o_relance_formula:contains('latest month')",
        },
        {
            content: "the charts are drawn",
            trigger: ".o_relance_chart canvas[style*='height']",
        },
        {
            content: "what is behind an age",
            trigger: ".o_relance_row[data-age=to_30]",
            run: "click",
        },
        {
            content: "the pivot of that age, one debtor",
            trigger: ".o_pivot:contains('Debtor SARL')",
        },
        {
            content: "as a list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "the instalment",
            trigger: ".o_data_row:contains('Debtor SARL')",
        },
        {
            content: "back",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a:contains('Dashboard')",
            run: "click",
        },
        {
            content: "another officer",
            trigger: ".o_relance_filters select[name=officer_id]",
            run: "selectByLabel relance_colleague",
        },
        {
            content: "owes nothing",
            trigger: ".o_relance_empty:contains('fits these filters')",
        },
        {
            content: "everybody again",
            trigger: ".o_relance_empty button",
            run: "click",
        },
        {
            content: "the figures are back",
            trigger: ".o_relance_tile[data-code=overdue] .o_relance_value:contains('1,000')",
        },
    ],
});

// From the forecast to the actions: both open and say what they know.
tours.add("relance_forecast", {
    url: "/odoo/relance-forecast",
    steps: () => [
        {
            content: "a week in the table",
            trigger: ".o_relance_forecast table td:contains('1,000.00')",
        },
        {
            content: "how it is worked out",
            trigger: ".o_relance_forecast button:contains('How it is worked out')",
            run: "click",
        },
        {
            content: "in words",
            trigger: ".o_relance_formula:contains('Credits pay the oldest debts first')",
        },
    ],
});
