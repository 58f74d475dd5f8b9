import { onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { RelanceScreen } from "../screen";

/** What follows each kind of contact, with the number of cases and how sure it is. */
export class RelanceEffect extends RelanceScreen {
    static template = "relance_ar.Effect";

    setup() {
        super.setup();
        this.state = useState({ data: null });
        onWillStart(async () => {
            this.state.data = await this.orm.call("relance.effect.report", "get_data", []);
        });
    }

    openCases() {
        return this.action.doAction("relance_ar.relance_effect_action");
    }
}

registry.category("actions").add("relance_ar.effect", RelanceEffect);
