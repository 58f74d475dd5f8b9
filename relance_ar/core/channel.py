"""Which channel: the first usable one that differs from the last contact's."""

from collections.abc import Sequence

from .facts import Contact, Reason

WRITTEN = ("email", "letter", "registered_letter")


def choose_channel(
    channels: Sequence[str],
    reachable: frozenset[str],
    last: Contact | None,
    refused: frozenset[str] = frozenset(),
    failed: frozenset[str] = frozenset(),
) -> tuple[str | None, list[Reason]]:
    """Return the first usable channel that differs from the last contact's, and why.

    With a single usable channel the same one serves again; without any, None.

    :param reachable: codes of the channels for which there is an address
    :param refused: codes of those that the debtor does not want
    :param failed: codes of those whose last message came back
    """
    if not channels:
        return None, [Reason("no_channel")]
    usable, reasons = [], []
    for channel in channels:
        if channel in refused:
            reasons.append(Reason("channel_refused", {"channel": channel}))
        elif channel in failed and channel not in reachable:
            reasons.append(Reason("channel_failed", {"channel": channel}))
        elif channel not in reachable:
            reasons.append(Reason("channel_missing", {"channel": channel}))
        else:
            usable.append(channel)
    if not usable:
        return None, [*reasons, Reason("unreachable")]
    chosen = next((c for c in usable if not last or c != last.channel), usable[0])
    return chosen, [*reasons, _channel_reason(chosen, last)]


def choose_written(
    channels: Sequence[str], reachable: frozenset[str], refused: frozenset[str]
) -> str | None:
    """Return the channel by which to write to whom no call reaches, or None.

    Those of the level first, then e-mail and letter: after the telephone comes the pen.
    """
    order = [channel for channel in channels if channel in WRITTEN]
    usable = (c for c in (*order, *WRITTEN[:2]) if c in reachable and c not in refused)
    return next(usable, None)


def _channel_reason(chosen, last):
    """Return why this channel: it comes first, it varies, or it is the only one."""
    if not last:
        return Reason("channel_first", {"channel": chosen})
    if chosen == last.channel:
        return Reason("channel_only", {"channel": chosen})
    params = {"channel": chosen, "last": last.channel, "on": last.on}
    return Reason("channel_varied", params)
