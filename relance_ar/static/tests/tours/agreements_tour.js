import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// An officer logs a call that ends in a dispute, and confirms it in writing.
tours.add("relance_call_dispute", {
    url: "/odoo/relances",
    steps: () => [
        {
            content: "open the call",
            trigger: ".o_data_row .o_data_cell:contains('Debtor SARL')",
            run: "click",
        },
        {
            content: "it is finished by its outcome",
            trigger: "button[name=action_log_call]",
            run: "click",
        },
        {
            content: "who answered",
            trigger: ".modal .o_field_widget[name=spoke_to] input",
            run: "edit Ms Martin",
        },
        {
            content: "the customer disputes",
            trigger: ".modal .o_field_widget[name=late_outcome] .o_radio_item:contains('Dispute') input",
            run: "click",
        },
        {
            content: "look for the reason",
            trigger: ".modal .o_field_widget[name=reason_id] input",
            run: "edit Wrong quantity",
        },
        {
            content: "choose it",
            trigger: ".o-autocomplete--dropdown-item:contains('Wrong quantity')",
            run: "click",
        },
        {
            content: "a part only",
            trigger: ".modal .o_field_widget[name=amount] input",
            run: "edit 200",
        },
        {
            content: "what was said",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Three chairs are missing.",
        },
        {
            content: "log",
            trigger: ".modal-footer button[name=action_log]",
            run: "click",
        },
        {
            content: "the confirmation is ready, with the invoice",
            trigger: ".modal .o_mail_composer_form_view:contains('Three chairs'), .modal .o-mail-AttachmentContainer, .modal .o_field_mail_composer_attachment_list",
        },
        {
            content: "send it",
            trigger: ".modal button[name=action_send_mail]",
            run: "click",
        },
        {
            content: "the call is done",
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains('Done')",
        },
        {
            content: "see what was said",
            trigger: ".o_notebook .nav-link[name=call]",
            run: "click",
        },
        {
            content: "it was confirmed in writing",
            trigger: ".o_field_widget[name=followed_up_on]:not(:empty)",
        },
    ],
});

const answer = [
    {
        content: "what the customer says",
        trigger: ".o_field_widget[name=description]:contains('Three chairs')",
    },
    {
        content: "the invoice can be opened",
        trigger: ".o_field_widget[name=invoices] a[href*='/invoice/']",
    },
    {
        content: "write what was found out",
        trigger: ".o_field_widget[name=answer] textarea",
        run: "edit They are right: the lorry left without them.",
    },
    {
        content: "propose a credit note",
        trigger: "button[name=action_propose_credit]",
        run: "click",
    },
    {
        content: "the answer is given",
        trigger: ".o_field_widget[name=proposal]:contains('Credit note proposed')",
    },
];

// A salesperson without accounting rights reads the dispute and answers.
tours.add("relance_dispute_answer", {
    url: "/odoo/my-disputes",
    steps: () => [
        {
            content: "open the dispute",
            trigger: ".o_data_row .o_data_cell:contains('Debtor SARL')",
            run: "click",
        },
        ...answer,
    ],
});

// The same on a phone.
tours.add("relance_dispute_answer_phone", {
    url: "/odoo/my-disputes",
    steps: () => [
        {
            content: "open the dispute",
            trigger: ".o_kanban_record:contains('Debtor SARL')",
            run: "click",
        },
        ...answer,
    ],
});

// The officer sees the answer and concludes with a credit note.
tours.add("relance_dispute_conclude", {
    url: "/odoo/relance-disputes",
    steps: () => [
        {
            content: "open the dispute",
            trigger: ".o_data_row .o_data_cell:contains('Debtor SARL')",
            run: "click",
        },
        {
            content: "conclude",
            trigger: "button[name=action_conclude]",
            run: "click",
        },
        {
            content: "the proposal is taken over",
            trigger: ".modal .o_field_widget[name=answer]:contains('the lorry left')",
        },
        {
            content: "write to the customer later",
            trigger: ".modal .o_field_widget[name=sends_proofs] input",
            run: "click",
        },
        {
            content: "conclude",
            trigger: ".modal-footer button[name=action_conclude]",
            run: "click",
        },
        {
            content: "it is resolved",
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains('Resolved')",
        },
        {
            content: "the credit note is linked",
            trigger: "button[name=action_credit_notes]",
        },
    ],
});

// The reminder about the undisputed part goes out.
tours.add("relance_undisputed", {
    url: "/odoo/relances",
    steps: () => [
        {
            content: "open the reminder",
            trigger: ".o_data_row:contains('800.00') .o_data_cell:contains('Debtor SARL')",
            run: "click",
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
    ],
});

// A promise is broken: the officer sees it, and the next level on the worklist.
tours.add("relance_promise_broken", {
    url: "/odoo/relance-promises",
    steps: () => [
        {
            content: "open the broken promise",
            trigger: ".o_data_row:contains('Broken') .o_data_cell:contains('Debtor SARL')",
            run: "click",
        },
        {
            content: "what is missing is told",
            trigger: ".o_field_widget[name=amount_missing]:contains('1,000.00')",
        },
        {
            content: "open the menus",
            trigger: ".o_menu_sections button:contains('Collections'), .o_menu_sections a:contains('Collections')",
            run: "click",
        },
        {
            content: "go to the worklist",
            trigger: ".dropdown-item:contains('Worklist')",
            run: "click",
        },
        {
            content: "open the next level",
            trigger: ".o_data_row .o_data_cell:contains('Debtor SARL')",
            run: "click",
        },
        {
            content: "ask why",
            trigger: ".o_notebook .nav-link[name=why]",
            run: "click",
        },
        {
            content: "because of the promise",
            trigger: "div[name=why]:contains('What was promised')",
        },
    ],
});
