"""Scripts for `odoo shell`: figures go where `measure.report` puts them."""
