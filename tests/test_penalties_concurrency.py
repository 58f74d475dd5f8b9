"""Two transactions at once: the definitions of the database let one through."""

import threading

import psycopg2

from odoo.tests import tagged

from .common import RelanceCase

SCRATCH = "relance_test_claimed_days"
INSERT = f"""
    INSERT INTO {SCRATCH} (id, claim_id, debt_key, move_line_id, move_name, is_live,
                           date_maturity, date_from, date_to, interest, indemnity)
    VALUES (%s, 1, 'move,7', 9, 'INV', TRUE, '2026-01-31', %s, %s, 1, %s)
"""


@tagged("post_install", "-at_install")
class TestClaimedAtOnce(RelanceCase):
    """On a copy of the table with its own constraints and indexes, really committed:
    the transaction of a test could not be seen by another."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            cr.execute(f"DROP TABLE IF EXISTS {SCRATCH}")
            cr.execute(
                f"CREATE TABLE {SCRATCH} "
                "(LIKE relance_penalty_claim_line INCLUDING CONSTRAINTS "
                "INCLUDING INDEXES)"
            )
            # LIKE leaves out what excludes: add it as the database says it.
            cr.execute(
                """
                SELECT pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE conrelid = 'relance_penalty_claim_line'::regclass
                   AND contype = 'x'
                """
            )
            for [definition] in cr.fetchall():
                cr.execute(
                    "SELECT 1 FROM pg_constraint WHERE contype = 'x' "
                    "AND conrelid = %s::regclass",
                    (SCRATCH,),
                )
                if not cr.rowcount:
                    cr.execute(f"ALTER TABLE {SCRATCH} ADD {definition}")
        self.addCleanup(self._drop)

    def _drop(self):
        with self.registry.cursor() as cr:
            cr.execute(f"DROP TABLE {SCRATCH}")

    def _race(self, first, second, commit=True):
        """Insert `first`; `second` waits in another transaction; return its error."""
        found = []

        def insert():
            with self.registry.cursor() as cr:
                started.set()
                try:
                    cr.execute(INSERT, second, log_exceptions=False)
                except psycopg2.IntegrityError as error:
                    found.append(type(error))
                    cr.rollback()

        started = threading.Event()
        other = threading.Thread(target=insert)
        with self.registry.cursor() as cr:
            cr.execute(INSERT, first)
            other.start()
            started.wait(10)
            other.join(0.5)
            self.assertTrue(other.is_alive(), "it waits for the first")
            if commit:
                cr.commit()
            else:
                cr.rollback()
        other.join(10)
        self.assertFalse(other.is_alive())
        return found

    def test_one_of_two_that_claim_the_same_day(self):
        found = self._race(
            (1, "2026-02-01", "2026-03-02", 0), (2, "2026-03-02", "2026-03-31", 0)
        )
        self.assertEqual(found, [psycopg2.errors.ExclusionViolation])

    def test_one_of_two_that_claim_the_same_indemnity(self):
        found = self._race(
            (1, "2026-02-01", "2026-03-02", 40), (2, "2026-03-03", "2026-03-31", 40)
        )
        self.assertEqual(found, [psycopg2.errors.UniqueViolation])

    def test_the_second_goes_on_when_the_first_gives_up(self):
        found = self._race(
            (1, "2026-02-01", "2026-03-02", 40),
            (2, "2026-02-01", "2026-03-02", 40),
            commit=False,
        )
        self.assertEqual(found, [])
