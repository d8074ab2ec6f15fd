"""What people see inside a portal: pages and their JSON API."""

from application.contract import Placement

SCOPES = ("crm", "bizproc", "placement", "user_basic")
"""Least rights: deals, robots, our page in the deal list, users' e-mails."""

PLACEMENTS: tuple[Placement, ...] = (
    Placement(
        "CRM_DEAL_LIST_TOOLBAR", "deliveries", {"en": "Deliveries to the hub", "ru": "Передача сделок"}
    ),
)

PAGES: tuple[str, ...] = ("install", "deliveries")
