/** The portal's frame around every page: header, switchers, left menu. */
import { h, link, option } from '/dom.js'
import { actAs, actingUser, fullName, portal } from '/portal.js'

const paths = {
  deals: 'M4 5h16v3H4zM4 10.5h10v3H4zM4 16h7v3H4z',
  automation: 'M12 3v3M7 8h10a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM9 13h.01M15 13h.01',
  apps: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  app: 'M12 3l8 4.5v9L12 21l-8-4.5v-9z'
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', paths[name])
  svg.append(path)
  return svg
}

export function layout(content) {
  return [header(), h('div', { className: 'frame' }, menu(), content)]
}

function header() {
  const { state, t } = portal
  const portals = h('select', { ariaLabel: t.portals, onchange: (event) => location.assign(event.target.value) },
    state.portals.map((one) => option(`${one.url.replace(/\/$/, '')}/`, one.title, one.name === state.portal.name)))
  const users = h('select', { ariaLabel: t.actingAs, onchange: (event) => actAs(event.target.value) },
    state.users.map((user) =>
      option(user.id, fullName(user) + (user.admin ? ` · ${t.admin}` : ''), user.id === actingUser())))
  return h('header', { className: 'top' },
    link('/', { className: 'brand' }, h('span', { className: 'mark' }, state.portal.title.slice(0, 1)), h('span', { className: 'name' }, state.portal.title)),
    h('span', { className: 'chip' }, t.sandbox),
    h('span', { className: 'spacer' }), portals, users)
}

function menu() {
  const { state, t } = portal
  const here = location.pathname
  const item = (href, name, label, active) =>
    link(href, { className: active ? 'item active' : 'item', 'aria-current': active ? 'page' : null }, icon(name), h('span', {}, label))
  const owned = state.apps.filter((app) => app.installed && app.menu)
  return h('nav', { className: 'menu', ariaLabel: t.crm },
    item('/crm/deal/kanban/category/0/', 'deals', t.deals, here === '/' || /^\/crm\/deal\/(kanban|list|details)/.test(here)),
    item('/crm/deal/automation/0/', 'automation', t.automation, here.startsWith('/crm/deal/automation')),
    item('/market/', 'apps', t.apps, here === '/market/'),
    owned.map((app) => {
      const href = `/marketplace/app/${encodeURIComponent(app.client_id)}/`
      return item(href, 'app', app.title, here === href)
    }))
}
