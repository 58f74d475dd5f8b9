"""What installing and uninstalling need beyond the data files."""

from .core import identity

BATCH = 20_000


def pre_init_hook(env):
    """Fill the stored columns of partners in a few statements, not record by record.

    Without this the installation would compute them through the ORM, which takes
    minutes on a database with 100 000 partners.
    """
    env.cr.execute(
        """
        ALTER TABLE res_partner
            ADD COLUMN IF NOT EXISTS relance_siren varchar,
            ADD COLUMN IF NOT EXISTS relance_siren_state varchar,
            -- With a default PostgreSQL rewrites nothing, and the ORM has no value to
            -- give to each row.
            ADD COLUMN IF NOT EXISTS solvency_state varchar DEFAULT 'unknown'
        """
    )
    last_id = 0
    while rows := _next_partners(env.cr, last_id):
        last_id = rows[-1][0]
        env.cr.execute_values(
            """
            UPDATE res_partner p
               SET relance_siren = v.siren, relance_siren_state = v.state
              FROM (VALUES %s) AS v (id, siren, state)
             WHERE p.id = v.id
            """,
            [_identity_row(*row) for row in rows],
        )


def uninstall_hook(env):
    """Empty the tables of reminders and disputes first: they hold on to their data.

    The settings (and the key among them) and the tasks of our types go, too; what was
    handed over to people stays on their to-do lists, as an ordinary task.
    """
    kind = env.ref("relance_ar.mail_activity_type_delegation", raise_if_not_found=False)
    if kind:
        activities = env["mail.activity"].with_context(active_test=False)
        tasks = activities.search([("activity_type_id", "=", kind.id)])
        tasks.activity_type_id = env.ref("mail.mail_activity_data_todo")
        env.flush_all()
    parameters = env["ir.config_parameter"].search([("key", "=like", "relance_ar.%")])
    parameters.unlink()
    env.cr.execute(
        """
        DELETE FROM mail_activity a
         USING ir_model_data d
         WHERE d.module = 'relance_ar' AND d.model = 'mail.activity.type'
           AND d.res_id = a.activity_type_id
        """
    )
    env.cr.execute("DELETE FROM relance_event")
    env.cr.execute("DELETE FROM relance_registered_letter")
    env.cr.execute("DELETE FROM relance_dispute")
    env.cr.execute("DELETE FROM relance_reminder_line")
    env.cr.execute("DELETE FROM relance_reminder")


def _next_partners(cr, last_id):
    cr.execute(
        """
        SELECT p.id, p.company_registry, p.vat, c.code, p.is_company
          FROM res_partner p
          LEFT JOIN res_country c ON c.id = p.country_id
         WHERE p.id > %s
         ORDER BY p.id
         LIMIT %s
        """,
        (last_id, BATCH),
    )
    return cr.fetchall()


def _identity_row(partner_id, registry, vat, country, is_company):
    siren = identity.find_siren(registry, vat, country) or None
    state = identity.siren_state(siren, registry, vat, country, bool(is_company))
    return partner_id, siren, state
