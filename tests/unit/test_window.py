"""How addresses are laid out in the window of an envelope."""

from core.window import SIZES, WIDTH, count_lines, lay_out


def measure(text, size):
    """Each letter half as wide as it is high, in mm of 96 px an inch."""
    return len(text) * size * 0.5 * 25.4 / 96


def test_what_fits_stays_as_it_is():
    lines = ["Debtor SARL", "1 rue de la Paix", "75002 PARIS"]
    assert lay_out(lines, measure) == (SIZES[0], lines)


def test_many_lines_make_letters_smaller():
    lines = [f"line {number}" for number in range(count_lines(SIZES[0]) + 1)]
    size, laid = lay_out(lines, measure)
    assert (size, laid) == (SIZES[1], lines)


def test_too_many_lines_do_not_fit():
    lines = ["x"] * count_lines(SIZES[-1])
    assert lay_out(lines, measure) == (SIZES[-1], lines)
    assert lay_out([*lines, "75002 PARIS"], measure) is None


def test_a_long_line_goes_on_in_the_next_one_and_loses_no_word():
    name = "Société anonyme des transports et de la logistique du Nord"
    size, laid = lay_out([name], measure)
    assert len(laid) == 2
    assert " ".join(laid) == name
    assert all(measure(line, size) <= WIDTH for line in laid)


def test_a_word_that_is_too_wide_does_not_fit():
    assert lay_out(["W" * 80], measure) is None


def test_the_lines_of_each_size_are_as_high_as_the_window_at_most():
    for size in SIZES:
        height = count_lines(size) * size * 1.2 * 25.4 / 96
        assert 33 - size * 1.2 * 25.4 / 96 < height <= 33
