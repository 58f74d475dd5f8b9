import { onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { makeLegend } from "../chart";
import { formatTick } from "../figures";
import { RelanceScreen } from "../screen";

const MODELS = {
    promise: "relance.promise",
    dispute: "relance.dispute",
    plan: "relance.plan",
    contact: "relance.reminder",
    partner: "res.partner",
};

const REFUSALS = ["odoo.exceptions.AccessError", "odoo.exceptions.UserError"];

/** One screen before a call: how a customer pays, what was said, what comes next. */
export class RelanceCustomer extends RelanceScreen {
    static template = "relance_ar.Customer";

    setup() {
        super.setup();
        this.state = useState({ data: null, refusal: "" });
        const partnerId = this.props.action.params?.partner_id || this.props.resId;
        if (partnerId) {
            this.props.updateActionState?.({ resId: partnerId });
        }
        onWillStart(async () => {
            if (partnerId) {
                await this.load(partnerId);
            }
        });
    }

    /** Load the sheet; an address may lead to a customer who is gone or not to be read. */
    async load(partnerId) {
        try {
            this.state.data = await this.orm.call("relance.customer.sheet", "get_data", [
                partnerId,
            ]);
        } catch (error) {
            if (!(error instanceof RPCError && REFUSALS.includes(error.exceptionName))) {
                throw error;
            }
            this.state.refusal = error.data.message;
        }
    }

    get said() {
        const { promises, disputes, plans } = this.state.data;
        return [
            ["promise", promises],
            ["dispute", disputes],
            ["plan", plans],
        ];
    }

    makeBehaviourChart(colours) {
        const { labels, days_late, paid, currency } = this.state.data;
        const ticks = { color: colours.text };
        const write = (unit) => (value) => formatTick(value, unit, currency.id);
        return {
            data: {
                labels,
                datasets: [
                    {
                        type: "line",
                        label: _t("Days late"),
                        data: days_late,
                        borderColor: colours.bad,
                        backgroundColor: colours.bad,
                        spanGaps: true,
                        yAxisID: "days",
                    },
                    {
                        type: "bar",
                        label: _t("Paid"),
                        data: paid,
                        backgroundColor: colours.soft,
                        yAxisID: "money",
                    },
                ],
            },
            options: {
                scales: {
                    x: { grid: { display: false }, ticks },
                    days: {
                        position: "left",
                        grid: { color: colours.grid },
                        ticks: { ...ticks, callback: write("days") },
                    },
                    money: {
                        position: "right",
                        beginAtZero: true,
                        grid: { display: false },
                        ticks: { ...ticks, callback: write("money") },
                    },
                },
                plugins: { legend: makeLegend(colours) },
            },
        };
    }

    open(kind, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODELS[kind],
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openCustomers() {
        return this.action.doAction("account.res_partner_action_customer");
    }
}

registry.category("actions").add("relance_ar.customer", RelanceCustomer);
