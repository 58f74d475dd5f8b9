import { onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { useSetupAction } from "@web/search/action_hook";
import { makeLegend } from "../chart";
import { formatMove, formatTick } from "../figures";
import { RelanceScreen } from "../screen";

const IDS = ["officer_id", "salesperson_id", "team_id", "profile_id"];
// Before it the server refuses a day.
const FIRST_DAY = "2000-01-01";

/** The day of a credit manager: figures, what is behind them, and what is to be done. */
export class RelanceDashboard extends RelanceScreen {
    static template = "relance_ar.Dashboard";

    setup() {
        super.setup();
        this.keepLast = new KeepLast();
        const known = this.props.state?.filters || {};
        this.state = useState({ data: null, told: null, isBusy: false, filters: known });
        useSetupAction({ getLocalState: () => ({ filters: { ...this.state.filters } }) });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.isBusy = true;
        try {
            const call = this.orm.call("relance.dashboard", "get_data", [this.state.filters]);
            this.state.data = await this.keepLast.add(call);
        } finally {
            this.state.isBusy = false;
        }
    }

    // ------------------------------------------------------------------- filters

    setFilter(name, value) {
        if (name === "day" && value < FIRST_DAY) {
            return; // a year that is still being typed: 0002, 0020, 0202
        }
        const isNumber = IDS.includes(name) || name === "months";
        this.state.filters[name] = isNumber ? Number(value) : value;
        return this.load();
    }

    clearFilters() {
        this.state.filters = {};
        return this.load();
    }

    get selects() {
        const { choices } = this.state.data;
        const filters = [
            ["officer_id", _t("All officers"), choices.officers],
            ["salesperson_id", _t("All salespeople"), choices.salespeople],
            ["team_id", _t("All teams"), choices.teams],
            ["profile_id", _t("All payer profiles"), choices.profiles],
        ];
        return filters
            .filter(([, , options]) => options.length)
            .map(([name, all, options]) => ({ name, all, options }));
    }

    get isFiltered() {
        return Object.values(this.state.filters).some(Boolean);
    }

    // ------------------------------------------------------------------- figures

    get tiles() {
        return this.state.data.kpis.filter((kpi) => kpi.is_tile);
    }

    formatValue(kpi, short = true) {
        const text = this.format(kpi.value, kpi.unit, short);
        return kpi.is_least ? `≥ ${text}` : text;
    }

    formatMonth(kpi, rank) {
        const text = this.format(kpi.series[rank], kpi.unit, true);
        return this.markLeast(kpi.least, rank, text);
    }

    /** Mark a number of days that is at least so much, in the months of these ranks. */
    markLeast(least, rank, text) {
        return least?.includes(rank) ? `≥ ${text}` : text;
    }

    formatChange(kpi) {
        if (!kpi.change) {
            return "";
        }
        const sign = kpi.change > 0 ? "▲" : "▼";
        return `${sign} ${formatMove(kpi.change, kpi.unit, this.state.data.currency.id)}`;
    }

    /** Points of the little line of a tile, in a box of 100 by 20. */
    sparkOf(series) {
        const known = series.filter((value) => value !== null);
        const low = Math.min(...known);
        const span = Math.max(...known) - low || 1;
        return series
            .map((value, rank) => [value, (100 * rank) / Math.max(series.length - 1, 1)])
            .filter(([value]) => value !== null)
            .map(([value, x]) => `${x},${19 - (18 * (value - low)) / span}`)
            .join(" ");
    }

    toggleFormula(code) {
        this.state.told = this.state.told === code ? null : code;
    }

    // -------------------------------------------------------------------- charts

    seriesOf(code) {
        return this.state.data.kpis.find((kpi) => kpi.code === code).series;
    }

    nameOf(code) {
        return this.state.data.kpis.find((kpi) => kpi.code === code).name;
    }

    makeDsoChart(colours) {
        const line = (code, colour, more = {}) => ({
            label: this.nameOf(code),
            least: [...this.state.data.kpis.find((kpi) => kpi.code === code).least],
            data: this.seriesOf(code),
            borderColor: colour,
            backgroundColor: colour,
            borderWidth: 2,
            pointRadius: 3,
            tension: 0.25,
            spanGaps: true,
            ...more,
        });
        return {
            type: "line",
            data: {
                labels: this.state.data.labels,
                datasets: [
                    line("dso", colours.main),
                    line("best_dso", colours.good, { borderDash: [5, 4] }),
                ],
            },
            options: this.makeOptions(colours, "days", (rank) => this.openMonth("dso", rank)),
        };
    }

    makeCashChart(colours) {
        const bars = (code, colour) => ({
            label: this.nameOf(code),
            data: this.seriesOf(code),
            backgroundColor: colour,
        });
        return {
            type: "bar",
            data: {
                labels: this.state.data.labels,
                datasets: [bars("invoiced", colours.soft), bars("received", colours.main)],
            },
            options: this.makeOptions(colours, "money", (rank, code) =>
                this.openMonth(code ? "received" : "invoiced", rank)
            ),
        };
    }

    makeOptions(colours, unit, open) {
        const axis = { grid: { color: colours.grid }, ticks: { color: colours.text } };
        const write = (value) => formatTick(value, unit, this.state.data.currency.id);
        return {
            scales: {
                x: { ...axis, grid: { display: false } },
                y: { ...axis, beginAtZero: true, ticks: { ...axis.ticks, callback: write } },
            },
            plugins: {
                legend: makeLegend(colours),
                tooltip: {
                    callbacks: {
                        label: ({ dataset, dataIndex, raw }) => {
                            const text = this.format(raw, unit);
                            const told = this.markLeast(dataset.least, dataIndex, text);
                            return `${dataset.label}: ${told}`;
                        },
                    },
                },
            },
            onClick: (_event, elements) => {
                if (elements.length) {
                    open(elements[0].index, elements[0].datasetIndex);
                }
            },
        };
    }

    // ------------------------------------------------------------------- opening

    async open(what, filters = {}) {
        const action = await this.orm.call("relance.dashboard", "open_records", [
            what,
            { ...this.state.filters, ...filters },
        ]);
        return this.action.doAction(action);
    }

    openMonth(what, rank) {
        return this.open(what, { day: this.state.data.ends[rank] });
    }

    openWorklist() {
        return this.action.doAction("relance_ar.relance_reminder_action");
    }

    openInvoices() {
        return this.action.doAction("account.action_move_out_invoice_type");
    }
}

registry.category("actions").add("relance_ar.dashboard", RelanceDashboard);
