import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { formatAmount, formatFigure } from "../figures";

/** What follows each kind of contact, with the number of cases and how sure it is. */
export class RelanceEffect extends Component {
    static template = "relance_ar.Effect";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ data: null });
        onWillStart(async () => {
            this.state.data = await this.orm.call("relance.effect.report", "get_data", []);
        });
    }

    formatAmount(value) {
        return formatAmount(value, this.state.data.currency.id);
    }

    formatShare(value) {
        return formatFigure(value, "share");
    }

    formatDays(value) {
        return formatFigure(value, "days");
    }

    openCases() {
        return this.action.doAction("relance_ar.relance_effect_action");
    }

    print() {
        window.print();
    }
}

registry.category("actions").add("relance_ar.effect", RelanceEffect);
