import { Component } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { RelanceChart } from "./chart";
import { formatAmount, formatDay, formatFigure } from "./figures";

/**
 * What the screens of figures share: services, how figures are written, printing.
 * A screen keeps what the server answered in ``state.data``, with its currency.
 */
export class RelanceScreen extends Component {
    static components = { Layout, RelanceChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.formatDay = formatDay;
    }

    format(value, unit, short = false) {
        return formatFigure(value, unit, this.state.data.currency.id, { short });
    }

    formatAmount(value, currencyId = this.state.data.currency.id) {
        return formatAmount(value, currencyId);
    }

    formatShare(value) {
        return this.format(value, "share");
    }

    formatDays(value) {
        return this.format(value, "days");
    }

    print() {
        window.print();
    }
}
