from odoo import api, fields, models


class RelanceDisputeLeader(models.AbstractModel):
    """Who is asked after the owner: the leader of the sales team, or whom one names."""

    _name = "relance.dispute.leader"
    _description = "Team leader of a dispute"

    leader_id = fields.Many2one(
        "res.users",
        string="Team leader",
        compute="_compute_leader_id",
        store=True,
        readonly=False,
        index=True,
        domain=lambda self: self.env["relance.dispute"]._get_owner_domain(),
        help="Sees the dispute as well, and is asked after the owner. From the sales "
        "team of the invoice or of the owner, if there is one.",
    )
    is_leader_named = fields.Boolean(
        readonly=True,
        copy=False,
        help="An officer named the leader: that of the team does not take their place.",
    )

    @api.depends("user_id")
    def _compute_leader_id(self):
        for record in self:
            # Without teams, or a leader who may see it, whom a person named stays.
            named = record.leader_id
            leader = named if record.is_leader_named else record._get_team_leader()
            able = (leader or named) - record.user_id
            record.leader_id = able.filtered(
                lambda u, r=record: r._may_own(u, r.company_id)
            )[:1]

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._note_named_leaders()
        return records

    def write(self, vals):
        result = super().write(vals)
        if "leader_id" in vals:
            self._note_named_leaders()
        return result

    def _note_named_leaders(self):
        """Keep who was named by hand: somebody else than the leader of the team."""
        for record in self.sudo():  # sudo: follows from what was just written
            leader = record.leader_id
            is_other = leader != record._get_team_leader()
            record.is_leader_named = bool(leader) and is_other

    def _get_team_leader(self):
        """Return the leader of the sales team, if ``sales_team`` is installed."""
        users = self.env["res.users"]
        if "crm.team" not in self.env:
            return users
        moves = self.sudo().move_line_ids.move_id  # sudo: who leads whom
        if "team_id" in moves._fields and moves.team_id.user_id:
            return moves.team_id.user_id[:1]
        teams = self.env["crm.team"].sudo()  # sudo: as above
        of_owner = teams.search(
            [
                ("member_ids", "in", self.user_id.ids),
                ("company_id", "in", [False, self.company_id.id]),
            ],
            limit=1,
        )
        return of_owner.user_id

    def _get_passed_over(self, step):
        """Return who would have been asked at a step, but cannot open the dispute."""
        self.ensure_one()
        people = self.env["res.users"]
        if self.escalation == "nobody":
            people |= self.leader_id or self._get_team_leader()
        if step == "director":
            people |= self.company_id.relance_director_id
        return people.filtered(lambda u: not self._may_own(u, self.company_id))
