"""What we do when a portal calls: one robot or event a file."""

from application.contract import Event, Robot
from handlers import send_deal, send_deal_and_wait
from handlers.install import INSTALL
from handlers.uninstall import UNINSTALL
from handlers.update import UPDATE

ROBOTS: tuple[Robot, ...] = (send_deal.ROBOT, send_deal_and_wait.ROBOT)
EVENTS: tuple[Event, ...] = (INSTALL, UPDATE, UNINSTALL)
