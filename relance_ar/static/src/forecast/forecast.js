import { onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { makeLegend } from "../chart";
import { formatTick } from "../figures";
import { RelanceScreen } from "../screen";

const COLOURS = { plan: "good", promise: "main", habit: "soft", dispute: "warn" };

/** The cash of the coming weeks, and how good the earlier forecasts were. */
export class RelanceForecast extends RelanceScreen {
    static template = "relance_ar.Forecast";

    setup() {
        super.setup();
        this.state = useState({ data: null, isTold: false });
        onWillStart(async () => {
            this.state.data = await this.orm.call("relance.forecast.report", "get_data", []);
        });
    }

    get sources() {
        return Object.entries(this.state.data.sources).map(([code, name]) => ({ code, name }));
    }

    sayAhead(error) {
        return error.ahead === 1 ? _t("A week ahead") : _t("%s weeks ahead", error.ahead);
    }

    makeWeeksChart(colours) {
        return this.makeChart(colours, "bar", true, (weeks) =>
            this.sources.map(({ code, name }) => ({
                label: name,
                data: weeks.map((week) => week.sources[code]),
                backgroundColor: colours[COLOURS[code]],
            }))
        );
    }

    makeSumsChart(colours) {
        const line = (name, key, colour, more = {}) => (weeks) => ({
            label: name,
            data: weeks.map((week) => week[key]),
            borderColor: colour,
            backgroundColor: colour,
            borderWidth: 2,
            pointRadius: 2,
            ...more,
        });
        const dashes = { borderDash: [5, 4] };
        const lines = [
            line(_t("High"), "high_sum", colours.good, dashes),
            line(_t("Expected"), "expected_sum", colours.main),
            line(_t("Low"), "low_sum", colours.bad, dashes),
        ];
        return this.makeChart(colours, "line", false, (weeks) => lines.map((make) => make(weeks)));
    }

    makeChart(colours, type, stacked, makeSets) {
        const { weeks, currency } = this.state.data;
        const ticks = { color: colours.text };
        const write = (value) => formatTick(value, "money", currency.id);
        return {
            type,
            data: { labels: weeks.map((week) => week.label), datasets: makeSets(weeks) },
            options: {
                scales: {
                    x: { stacked, grid: { display: false }, ticks },
                    y: {
                        stacked,
                        beginAtZero: true,
                        grid: { color: colours.grid },
                        ticks: { ...ticks, callback: write },
                    },
                },
                plugins: {
                    legend: makeLegend(colours),
                    tooltip: {
                        callbacks: {
                            label: ({ dataset, raw }) =>
                                `${dataset.label}: ${this.formatAmount(raw)}`,
                        },
                    },
                },
            },
        };
    }

    openKept() {
        return this.action.doAction("relance_ar.relance_forecast_action");
    }

    openAges() {
        return this.action.doAction("relance_ar.relance_receivable_action");
    }
}

registry.category("actions").add("relance_ar.forecast", RelanceForecast);
