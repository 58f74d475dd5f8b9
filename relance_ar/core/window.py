"""How an address is laid out in the window of an envelope."""

# The block of the address on the paper, in mm. It is 84 mm wide: fonts that stand in
# for the one measured are up to a fifth wider.
WIDTH, HEIGHT = 70.0, 33.0
# Sizes of the letters, in px of 1/96 inch, the usual one first; smaller is not legible
# to the machines of the post.
SIZES = (13, 12, 11)
LINE_HEIGHT = 1.2
MM_PER_PX = 25.4 / 96


def lay_out(lines, measure):
    """Return the size and the lines of an address that fits in the window, or None.

    Lines that are too wide go on in the next one; with many lines, letters are smaller.

    :param lines: the address as it should be read, one text for each line
    :param measure: function of a text and a size in px, its width in mm
    :return: ``(size in px, lines)``
    """
    for size in SIZES:
        laid = [part for line in lines for part in _wrap(line, size, measure)]
        is_narrow = all(measure(line, size) <= WIDTH for line in laid)
        if is_narrow and len(laid) <= count_lines(size):
            return size, laid
    return None


def count_lines(size):
    """Return how many lines of a size in px the window shows."""
    return int(HEIGHT / (size * MM_PER_PX * LINE_HEIGHT))


def _wrap(line, size, measure):
    """Return a line as one or several, broken between words."""
    parts = []
    for word in line.split():
        longer = f"{parts[-1]} {word}" if parts else word
        if parts and measure(longer, size) <= WIDTH:
            parts[-1] = longer
        else:
            parts.append(word)
    return parts
