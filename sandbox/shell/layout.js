/** The portal's frame around every page: header with its one-click switchers, left menu. */
import { h, link } from '/dom.js'
import { actAs, actingUser, bindingsOf, fullName, portal } from '/portal.js'
import { openAppSlider } from '/slider.js'
import { troubleButton } from '/trouble.js'

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
  const { state, t } = portal
  const warning = !state.portal.licensed && h('p', { className: 'banner', role: 'alert' }, t.licenceLapsed)
  return [header(), h('div', { className: 'frame' }, menu(), h('div', { className: 'content' }, warning, content))]
}

function header() {
  const { state, t } = portal
  const portals = state.portals.map((one) => {
    const here = one.name === state.portal.name
    return h('a', { href: `${one.url}/`, className: here ? 'switch active' : 'switch', 'aria-current': here ? 'true' : null }, one.title)
  })
  return h('header', { className: 'top' },
    link('/', { className: 'brand' }, h('span', { className: 'mark' }, state.portal.title.slice(0, 1)), h('span', { className: 'name' }, state.portal.title)),
    h('span', { className: 'chip' }, t.sandbox),
    h('nav', { className: 'switches', ariaLabel: t.portals }, portals),
    h('span', { className: 'spacer' }),
    h('div', { className: 'people', role: 'group', ariaLabel: t.actingAs }, state.users.map(person)),
    troubleButton())
}

/** A round button with initials; the acting one is spelled out. */
function person(user) {
  const { t } = portal
  const acting = user.id === actingUser()
  const role = !user.active ? t.dismissed : user.admin ? t.admin : ''
  const name = [fullName(user), role].filter(Boolean).join(' · ')
  const initials = [user.name, user.last_name].map((part) => (part ?? '').slice(0, 1)).join('')
  return h('button', {
    className: ['person', acting && 'active', !user.active && 'gone'].filter(Boolean).join(' '), title: name, ariaLabel: name,
    ariaPressed: String(acting), onclick: () => actAs(user.id)
  }, h('span', { className: 'face', 'aria-hidden': true }, initials), acting && h('span', { className: 'who', 'aria-hidden': true }, name))
}

function menu() {
  const { state, t } = portal
  const here = location.pathname
  const item = (href, name, label, active) =>
    link(href, { className: active ? 'item active' : 'item', 'aria-current': active ? 'page' : null }, icon(name), h('span', {}, label))
  const owned = state.apps.filter((app) => app.installed && app.menu)
  const added = bindingsOf('LEFT_MENU').map((binding) => h('button', {
    className: 'item', onclick: () => openAppSlider({ client_id: binding.client_id, placement: binding.placement, binding_id: binding.id, uri: here }, binding.title)
  }, icon('app'), h('span', {}, binding.title)))
  return h('nav', { className: 'menu', ariaLabel: t.crm },
    item('/crm/deal/kanban/category/0/', 'deals', t.deals, here === '/' || /^\/crm\/deal\/(kanban|list|details)/.test(here)),
    item('/crm/deal/automation/0/', 'automation', t.automation, here.startsWith('/crm/deal/automation')),
    item('/market/', 'apps', t.apps, here === '/market/'),
    owned.map((app) => {
      const href = `/marketplace/app/${encodeURIComponent(app.client_id)}/`
      return item(href, 'app', app.title, here === href)
    }), added)
}
