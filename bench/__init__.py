"""What `./dev bench` does: `suite` leads; `inside` holds what runs in `odoo shell`."""
