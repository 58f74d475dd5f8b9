"""Names of the groups of the addon, for code that asks for a role."""

MANAGER_GROUP = "relance_ar.group_relance_manager"
