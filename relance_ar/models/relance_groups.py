"""Names of the groups of the addon, for code that asks for a role."""

OFFICER_GROUP = "relance_ar.group_relance_user"
MANAGER_GROUP = "relance_ar.group_relance_manager"
DISPUTE_GROUP = "relance_ar.group_relance_dispute"
