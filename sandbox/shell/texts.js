/** What the portal says, in its two languages. */
const en = {
  crm: 'CRM', deals: 'Deals', automation: 'Automation', apps: 'Applications', market: 'Available',
  sandbox: 'Sandbox portal', portals: 'Portals', actingAs: 'Acting as', admin: 'administrator',
  board: 'Board', list: 'List', newDeal: 'New deal', title: 'Title', amount: 'Amount', currency: 'Currency',
  create: 'Create', stage: 'Stage', created: 'Created', empty: 'No deals in this pipeline',
  moveTo: 'Move to…', selected: (n) => `Selected: ${n}`, moved: (n) => `Moved: ${n}`, more: (n) => `${n} more in the list`,
  robotsHere: (n) => `Robots on this stage: ${n}`, select: 'Select',
  about: 'About the deal', responsible: 'Responsible', company: 'Company', contacts: 'Contacts', products: 'Products',
  origin: 'Source', comments: 'Comment', fields: 'All fields',
  timeline: 'Timeline', runs: 'Robots', nothing: 'Nothing yet', back: 'Back to deals', noDeal: 'There is no such deal',
  runStates: { waiting: 'waiting', closed: 'finished', failed: 'failed' }, timedOut: 'timed out',
  addRobot: 'Add a robot', robot: 'Robot', add: 'Add', remove: 'Remove', noRobots: 'No robots',
  installFirst: 'No app has brought robots yet. Install one first.',
  waits: 'Waits for the answer', waitDefault: 'as the app says', yes: 'yes', no: 'no', timeout: 'Time-out, s',
  properties: 'Properties (JSON)', badJson: 'The properties are no valid JSON',
  installed: 'Installed', notInstalled: 'Installation not finished', open: 'Open', install: 'Install',
  finish: 'Continue installation', update: 'Update', uninstall: 'Remove', uninstallClean: 'Remove with data',
  version: (n) => `version ${n}`, local: 'local app', marketApp: 'market app', noApps: 'Nothing here yet',
  absent: 'This application is not installed here.',
  apiOnly: 'API only: no page of its own', adminOnly: 'Only an administrator can install this app.',
  noFrame: 'The application could not be opened', close: 'Close', choose: 'Choose', installedNow: 'The application is installed',
  loading: 'Loading…', unreachable: 'The portal does not answer', robotPassed: 'Robot settings received', user: 'User'
}

const ru = {
  crm: 'CRM', deals: 'Сделки', automation: 'Автоматизация', apps: 'Приложения', market: 'Доступны',
  sandbox: 'Учебный портал', portals: 'Порталы', actingAs: 'Вы действуете как', admin: 'администратор',
  board: 'Канбан', list: 'Список', newDeal: 'Новая сделка', title: 'Название', amount: 'Сумма', currency: 'Валюта',
  create: 'Создать', stage: 'Стадия', created: 'Создана', empty: 'В этой воронке нет сделок',
  moveTo: 'Перенести в…', selected: (n) => `Выбрано: ${n}`, moved: (n) => `Перенесено: ${n}`, more: (n) => `Ещё ${n} в списке`,
  robotsHere: (n) => `Роботов на стадии: ${n}`, select: 'Выбрать',
  about: 'О сделке', responsible: 'Ответственный', company: 'Компания', contacts: 'Контакты', products: 'Товары',
  origin: 'Источник', comments: 'Комментарий', fields: 'Все поля',
  timeline: 'История', runs: 'Роботы', nothing: 'Пока ничего', back: 'К сделкам', noDeal: 'Такой сделки нет',
  runStates: { waiting: 'ждёт ответа', closed: 'завершён', failed: 'ошибка' }, timedOut: 'истекло время',
  addRobot: 'Добавить робота', robot: 'Робот', add: 'Добавить', remove: 'Убрать', noRobots: 'Роботов нет',
  installFirst: 'Ни одно приложение ещё не добавило роботов. Сначала установите приложение.',
  waits: 'Ждать ответа', waitDefault: 'как указано в приложении', yes: 'да', no: 'нет', timeout: 'Тайм-аут, с',
  properties: 'Свойства (JSON)', badJson: 'Свойства не похожи на JSON',
  installed: 'Установлено', notInstalled: 'Установка не завершена', open: 'Открыть', install: 'Установить',
  finish: 'Продолжить установку', update: 'Обновить', uninstall: 'Удалить', uninstallClean: 'Удалить с данными',
  version: (n) => `версия ${n}`, local: 'локальное приложение', marketApp: 'из Маркета', noApps: 'Пока пусто',
  absent: 'Это приложение здесь не установлено.',
  apiOnly: 'Только API: своей страницы нет', adminOnly: 'Установить приложение может только администратор.',
  noFrame: 'Приложение не открылось', close: 'Закрыть', choose: 'Выбрать', installedNow: 'Приложение установлено',
  loading: 'Загружаем…', unreachable: 'Портал не отвечает', robotPassed: 'Настройки робота получены', user: 'Сотрудник'
}

export const texts = { en, ru }
