import { registry } from "@web/core/registry";

// An officer has the payers assessed, reads why, accepts a suggestion and keeps another.
registry.category("web_tour.tours").add("relance_payer_profiles", {
    url: "/odoo/relance-payers",
    steps: () => [
        {
            content: "nothing is assessed yet",
            trigger: ".o_view_nocontent:contains('No profile to decide')",
        },
        {
            content: "assess now",
            trigger: ".o_control_panel button[name=action_assess_now]",
            run: "click",
        },
        {
            content: "open the group of the good payers",
            trigger: ".o_group_header:contains('Good payer')",
            run: "click",
        },
        {
            content: "open the debtor",
            trigger: ".o_data_row .o_data_cell:contains('Good SAS')",
            run: "click",
        },
        {
            content: "read why",
            trigger: ".o_field_widget[name=evidence]:contains('on the day or before')",
        },
        {
            content: "accept",
            trigger: "button[name=action_accept]",
            run: "click",
        },
        {
            content: "it is the current profile",
            trigger: ".o_field_widget[name=current_id]:contains('Good payer')",
        },
        {
            content: "open the customer",
            trigger: "button[name=action_open_partner]",
            run: "click",
        },
        {
            content: "look at the collections",
            trigger: ".o_notebook .nav-link[name=relance]",
            run: "click",
        },
        {
            content: "read the strategy",
            trigger: ".o_field_widget[name=payer_profile_strategy]:contains('Do not remind')",
        },
        {
            content: "the decision is in the chatter",
            trigger: ".o-mail-Message:contains('the suggestion was accepted')",
        },
        {
            content: "go back to the list",
            trigger: ".breadcrumb-item a:contains('Payer profiles')",
            run: "click",
        },
        {
            content: "open the group of the bad payers",
            trigger: ".o_group_header:contains('Bad payer')",
            run: "click",
        },
        {
            content: "choose the debtor",
            trigger: ".o_data_row:contains('Bad SA') .o_list_record_selector input",
            run: "click",
        },
        {
            content: "keep as it is",
            trigger: ".o_control_panel button[name=action_keep]",
            run: "click",
        },
        {
            content: "nothing is left to decide",
            trigger: ".o_view_nocontent:contains('No profile to decide')",
        },
    ],
});
