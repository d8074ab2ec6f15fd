"""Robot: send the deal to the hub portal and hold the process until the hub's deal is known."""

from application.contract import Property, Robot
from handlers import send_deal

ROBOT = Robot(
    code="send_deal_and_wait",
    title={
        "en": "Send the deal to the hub and wait for the result",
        "ru": "Передать сделку на главный портал и дождаться результата",
    },
    description={
        "en": "As “Send the deal to the hub”; the process goes on when the hub's deal is known.",
        "ru": "Как «Передать сделку на главный портал»; процесс продолжится, когда сделка будет создана.",
    },
    run=send_deal.run,
    waits=True,
    returns=(
        Property("status", {"en": "Status", "ru": "Статус"}),
        Property("hubDealId", {"en": "ID of the hub's deal", "ru": "ID сделки на главном портале"}),
        Property("hubDealUrl", {"en": "Link to the hub's deal", "ru": "Ссылка на сделку главного портала"}),
        Property("error", {"en": "Error", "ru": "Ошибка"}),
    ),
)
