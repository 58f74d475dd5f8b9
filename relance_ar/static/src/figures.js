import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatMonetary, formatPercentage } from "@web/views/fields/formatters";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";

const NOTHING = "–";

/**
 * Write a figure as its unit wants it. Values come from the server as they are shown:
 * nothing is worked out here.
 *
 * @param {number|null} value
 * @param {"days"|"share"|"money"|"count"} unit
 * @param {number} currencyId
 * @param {Object} [options] short: in thousands or millions
 */
export function formatFigure(value, unit, currencyId, { short = false } = {}) {
    if (value === null || value === undefined) {
        return NOTHING;
    }
    if (unit === "money") {
        return formatAmount(value, currencyId, short);
    }
    if (unit === "share") {
        return formatPercentage(value, { digits: [16, 1] });
    }
    return formatFloat(value, { digits: [16, unit === "days" ? 1 : 2] });
}

/** Write how far a figure has moved: a share moves by points. */
export function formatMove(value, unit, currencyId) {
    const text = formatFigure(Math.abs(value), unit, currencyId, { short: true });
    return unit === "share" ? _t("%s pts", text.replace("%", "").trim()) : text;
}

/** Write a figure beside an axis: short, without decimals. */
export function formatTick(value, unit, currencyId) {
    const isDays = unit === "days";
    return isDays
        ? formatFloat(value, { digits: [16, 0] })
        : formatFigure(value, unit, currencyId, { short: true });
}

export function formatAmount(value, currencyId, short = false) {
    if (!short) {
        return formatMonetary(value, { currencyId });
    }
    const humanReadable = Math.abs(value) >= 10000;
    return formatMonetary(value, { currencyId, humanReadable, digits: [16, humanReadable ? 1 : 0] });
}

export function formatDay(text) {
    return formatDate(deserializeDate(text));
}
