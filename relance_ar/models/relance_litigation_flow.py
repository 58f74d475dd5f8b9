from odoo import api, fields, models
from odoo.exceptions import UserError

from .relance_facts_types import UNSENT
from .relance_groups import MANAGER_GROUP

DRAFT, RUNNING, BACK, CLOSED = "draft", "running", "back", "closed"


class RelanceLitigationFlow(models.AbstractModel):
    """How a case starts, is handed over, comes back and ends."""

    _name = "relance.litigation.flow"
    _inherit = ["relance.litigation.sealing"]
    _description = "Course of a litigation"

    @api.model
    def _make_for(self, lines):
        """Prepare cases for what is owed on lines: one for each debtor and currency.

        :return: the action that opens them
        :raise UserError: when nothing is owed, or it is in a case already
        """
        self.check_access("write")
        lines.check_access("read")
        owed = lines.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and line.amount_residual_currency > 0
                and line.partner_id
            )
        )
        if not owed:
            raise UserError(
                self.env._("Nothing is owed here: there is nothing to hand over.")
            )
        self._check_free(owed)
        # sudo: cases are made by this verb, on lines that the user may read.
        made = (
            self.env["relance.litigation"]
            .sudo()
            .create(
                [
                    self._prepare_case(*key, group)
                    for key, group in owed.grouped(
                        lambda line: (
                            line.company_id,
                            line.partner_id.commercial_partner_id,
                            line.currency_id,
                        )
                    ).items()
                ]
            )
        )
        return made.with_env(self.env)._open()

    @api.model
    def _prepare_case(self, company, partner, currency, lines):
        return {
            "company_id": company.id,
            "partner_id": partner.id,
            "currency_id": currency.id,
            "move_line_ids": [fields.Command.set(lines.ids)],
            "user_id": self.env.uid,
        }

    @api.model
    def _check_free(self, lines):
        """Refuse lines that are in a case already.

        :raise UserError: naming the case
        """
        cases = self.env["relance.litigation"].search(
            [
                ("move_line_ids", "in", lines.ids),
                ("state", "in", (DRAFT, RUNNING)),
            ],
            limit=1,
        )
        if cases:
            raise UserError(
                self.env._(
                    "Some of it is in the case %(name)s already.",
                    name=cases.display_name,
                )
            )

    def _open(self):
        """Return the action that opens these cases."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_litigation_action"
        )
        action["context"] = {}
        if len(self) == 1:
            return {
                **action,
                "res_id": self.id,
                "view_mode": "form",
                "views": [(False, "form")],
            }
        return {**action, "domain": [("id", "in", self.ids)]}

    # ------------------------------------------------------------------ transitions

    def _move(self, transition):
        """Apply a transition to the cases that the manager may write."""
        self.check_access("write")
        self._check_manager()
        # sudo: states are written by transitions only, on records just checked.
        moved = getattr(self.sudo(), transition)()
        return moved.with_env(self.env)

    def _check_manager(self):
        if not self.env.user.has_group(MANAGER_GROUP):
            raise UserError(
                self.env._("A credit manager decides about what goes to litigation.")
            )

    def _check_may_direct(self, vals):
        """Leave to managers by whom a case is handled that was handed over.

        Debtors read on their page to whom they pay.

        :raise UserError: to other officers
        """
        for case in self.filtered(lambda case: case.state == RUNNING):
            now = {"route_id": case.route_id.id, "handler_id": case.handler_id.id}
            if any(vals.get(name, value) != value for name, value in now.items()):
                self._check_manager()

    def action_hand_over(self):
        """Hand the cases over: their instalments are no longer chased by us.

        :return: the cases handed over
        :raise UserError: when no route is chosen, or nothing is owed any more
        """
        return self._move("_hand_over")

    def action_hand_back(self):
        """Take the cases back: the next run chases what is still owed.

        :return: the cases handed back
        """
        return self._move("_hand_back")

    def action_close(self):
        """Close the cases; what was not paid stays held.

        :return: the cases closed
        :raise UserError: when no outcome is chosen
        """
        return self._move("_close")

    def _hand_over(self):
        cases = self.filtered(lambda case: case.state == DRAFT)
        sealed = {}
        for case in cases:
            case._check_ready()
            said = case._get_said()
            case._end_plans()
            case._freeze_amounts()
            words = self.env._("Handed over: %(route)s", route=case.route_id.name)
            sealed[case] = (words, said)
        cases.write({"state": RUNNING, "handed_on": fields.Date.context_today(self)})
        for case in cases:
            case._hold_lines()
        cases._cancel_reminders()
        self._record(sealed)
        return cases

    def _check_ready(self):
        if not self.route_id:
            raise UserError(
                self.env._("%(name)s: choose a route first.", name=self.display_name)
            )
        if not self.amount_open > 0:
            raise UserError(
                self.env._(
                    "%(name)s: nothing is owed any more.", name=self.display_name
                )
            )

    def _freeze_amounts(self):
        """Note what is owed on the day of the handing over."""
        rows = self._get_rows(fields.Date.context_today(self))
        self.principal = sum(row["owed"] for row in rows)
        self.penalties = sum(row["interest"] + row["indemnity"] for row in rows)

    def _hold_lines(self):
        """Stop the amicable ladder for the instalments of the case."""
        holds = self.env["relance.line.hold"]
        opened = self.move_line_ids.filtered("amount_residual_currency")
        reason = self.env._(
            "handed over (%(case)s, %(route)s)",
            case=self.reference,
            route=self.route_id.name,
        )
        holds._hold(opened, reason, litigation=self)

    def _cancel_reminders(self):
        """Cancel the reminders about these instalments that have not left.

        What they said of others is proposed again by the next run.
        """
        waiting = self.env["relance.reminder"].search(
            [
                ("state", "in", UNSENT),
                ("line_ids.move_line_id", "in", self.move_line_ids.ids),
            ]
        )
        for case in self if waiting else ():
            mine = waiting.filtered(
                lambda r, case=case: r.line_ids.move_line_id & case.move_line_ids
            )
            mine._cancel(
                self.env._(
                    "Cancelled: %(name)s was handed over.", name=case.display_name
                )
            )
            waiting -= mine

    def _hand_back(self):
        cases = self.filtered(lambda case: case.state == RUNNING)
        cases.write({"state": BACK, "over_on": fields.Date.context_today(self)})
        cases._get_holds()._lift()
        words = self.env._("Taken back: chased by us again.")
        self._record({case: (words, ()) for case in cases})
        return cases

    def _close(self):
        cases = self.filtered(lambda case: case.state == RUNNING)
        for case in cases:
            if not case.outcome:
                raise UserError(
                    self.env._(
                        "%(name)s: choose an outcome first.", name=case.display_name
                    )
                )
        cases.write({"state": CLOSED, "over_on": fields.Date.context_today(self)})
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        words = {
            case: self.env._("Closed: %(outcome)s", outcome=outcomes[case.outcome])
            for case in cases
        }
        self._record({case: (said, ()) for case, said in words.items()})
        return cases

    def _get_follower(self):
        """Return who follows a case, while they are an officer of its company; else
        the officer of the company."""
        self.ensure_one()
        officers = self.company_id._get_relance_officers()
        return (self.user_id & officers) or self.company_id._get_relance_officer()

    def _get_holds(self):
        return self.env["relance.line.hold"].search(
            [("litigation_id", "in", self.ids), ("active", "=", True)]
        )
