"""What was kept outside tells when a chain was written again."""

import pytest
from core.export import write_csv
from core.witness import Head, find_lost, read_table

CODE, OTHER = "a" * 32, "b" * 32
ONE, TWO = "1" * 64, "2" * 64
COLUMNS = [("debtor", "D"), ("code", "C"), ("count", "N"), ("digest", "H")]


def table(*heads):
    """Return the table that is kept, of debtors with any name."""
    rows = [{"debtor": '=x;"\n', **head._asdict()} for head in heads]
    return write_csv(COLUMNS, rows)


def test_a_table_is_read_as_it_was_written():
    heads = [Head(CODE, 12, ONE), Head(OTHER, 0, "0" * 64)]
    assert read_table(table(*heads)) == heads


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"a;b\r\nc;d\r\n",
        table(Head("1e5", 1, ONE)),
        table(Head(CODE, "x", ONE)),
        table(Head(CODE, 10**12, ONE)),
        b"a\r\n" + b"x" * 200_000,
    ],
)
def test_another_file_is_refused(content):
    with pytest.raises(ValueError):
        read_table(content)


def test_a_chain_that_has_grown_is_the_same():
    present = {(CODE, 1): ONE, (CODE, 2): TWO}
    assert find_lost([Head(CODE, 1, ONE)], present) == []
    assert find_lost([Head(OTHER, 0, ONE)], present) == []


def test_one_written_again_cut_or_removed_is_named():
    kept = [Head(CODE, 1, TWO), Head(CODE, 3, ONE), Head(OTHER, 1, ONE)]
    assert find_lost(kept, {(CODE, 1): ONE, (CODE, 2): TWO}) == kept
