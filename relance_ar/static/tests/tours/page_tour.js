import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// A debtor pays all that is overdue from the link of a reminder.
tours.add("relance_page_pay", {
    steps: () => [
        {
            content: "pay all that is overdue",
            trigger: "a.btn-primary:contains('Pay all that is overdue')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the amount is shown",
            trigger: "tfoot:contains('1,000.00')",
        },
        {
            content: "pay",
            trigger: "button[name=o_payment_submit_button]:not(:disabled)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "back on the page, nothing is overdue",
            trigger: ".o_relance_page .alert-success:contains('Your payment')",
        },
        {
            content: "what is to come is left",
            trigger: ".o_relance_page:not(:contains('Overdue')):contains('300.00')",
        },
    ],
});

// A debtor promises from the link, and sees the promise.
tours.add("relance_page_promise", {
    steps: () => [
        {
            content: "promise what is ticked",
            trigger: "button:contains('We will pay on')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "say when",
            trigger: "input[name=date]",
            run() {
                this.anchor.value = "2026-03-25";
            },
        },
        {
            content: "say who",
            trigger: "input[name=author]",
            run: "edit Ms Roux",
        },
        {
            content: "confirm",
            trigger: "button:contains('Confirm the promise')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is noted",
            trigger: ".alert-success:contains('the day on which you will pay')",
        },
        {
            content: "it is listed",
            trigger: ".list-group-item:contains('Promise'):contains('1,000.00')",
        },
    ],
});

// A debtor disputes a part from the link.
tours.add("relance_page_dispute", {
    steps: () => [
        {
            content: "dispute what is ticked",
            trigger: "button:contains('We dispute this')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "a part only",
            trigger: "input[name=amount]",
            run: "edit 200",
        },
        {
            content: "why",
            trigger: "select[name=reason]",
            run: "selectByLabel Wrong quantity",
        },
        {
            content: "in words",
            trigger: "textarea[name=text]",
            run: "edit Three chairs are missing.",
        },
        {
            content: "send",
            trigger: "button:contains('Send the dispute')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is listed",
            trigger: ".list-group-item:contains('Dispute'):contains('Wrong quantity')",
        },
    ],
});

// The officer finds what was said on the page, and reads it.
tours.add("relance_page_officer_promise", {
    steps: () => [
        {
            content: "open the promise",
            trigger: ".o_data_row .o_data_cell:contains('Debtor SARL')",
            run: "click",
        },
        {
            content: "it came from the page",
            trigger: ".o_field_widget[name=promised_by] input:value('Ms Roux')",
        },
        {
            content: "through the portal",
            trigger: ".o_field_widget[name=source]:contains('Portal'), .o_field_widget[name=source] :value('Portal')",
        },
    ],
});

tours.add("relance_page_officer_dispute", {
    steps: () => [
        {
            content: "open the dispute",
            trigger: ".o_data_row .o_data_cell:contains('Debtor SARL')",
            run: "click",
        },
        {
            content: "what the customer says",
            trigger: ".o_field_widget[name=description] textarea:value('Three chairs are missing.'), .o_field_widget[name=description]:contains('Three chairs')",
        },
    ],
});

tours.add("relance_page_officer_paid", {
    steps: () => [
        {
            content: "the invoice is paid",
            trigger: ".ribbon:contains('Paid')",
        },
    ],
});
