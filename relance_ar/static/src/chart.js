import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

// Names of the colours in figures.scss, which differ between light and dark.
const COLOURS = ["main", "good", "bad", "warn", "soft", "text", "grid"];

export function makeLegend(colours) {
    return { position: "bottom", labels: { color: colours.text, boxWidth: 14, boxHeight: 8 } };
}

/**
 * A chart drawn by the library that Odoo bundles. Its colours are CSS variables, so that
 * it follows the theme; it is described in words for who cannot see it.
 */
export class RelanceChart extends Component {
    static template = "relance_ar.Chart";
    static props = {
        makeConfig: Function, // (colours) => configuration of Chart.js
        data: { type: [Object, Array] }, // drawn again when it changes
        label: String,
        tall: { type: Boolean, optional: true },
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.data]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get colours() {
        const style = getComputedStyle(this.canvas.el);
        return Object.fromEntries(
            COLOURS.map((name) => [name, style.getPropertyValue(`--relance-${name}`).trim()])
        );
    }

    draw() {
        this.chart?.destroy();
        const colours = this.colours;
        const config = this.props.makeConfig(colours);
        Chart.defaults.color = colours.text;
        this.chart = new Chart(this.canvas.el, {
            ...config,
            options: {
                responsive: true,
                maintainAspectRatio: false,
                animation: false,
                interaction: { mode: "index", intersect: false },
                ...config.options,
            },
        });
    }
}
