/** The stand-in portal's page: finds the page for the address, draws it, follows links. */
import { h, toast } from '/dom.js'
import { openFrame } from '/frame.js'
import { layout } from '/layout.js'
import { bindingsOf, loadState, portal } from '/portal.js'
import { appPage, appsPage } from '/pages/apps.js'
import { automationPage } from '/pages/automation.js'
import { dealPage } from '/pages/deal.js'
import { dealsPage } from '/pages/deals.js'

const routes = [
  [/^\/crm\/deal\/details\/(\d+)\/$/, dealPage],
  [/^\/crm\/deal\/automation\/(\d+)\/$/, automationPage],
  [/^\/crm\/deal\/(kanban|list)\/category\/(\d+)\/$/, dealsPage],
  [/^\/market\/$/, appsPage],
  [/^\/marketplace\/app\/([^/]+)\/$/, appPage]
]

/** Pages inside a slider are whole pages without header and menu, as in the real portal. */
const inSlider = new URLSearchParams(location.search).get('IFRAME') === 'Y'

let leave = () => {}

async function draw() {
  leave()
  leave = () => {}
  try {
    await loadState()
  } catch (error) {
    document.body.replaceChildren(h('p', { className: 'note' }, `${portal.t.unreachable}: ${error.message}`))
    return
  }
  document.documentElement.lang = portal.locale
  document.title = portal.state.portal.title
  const main = h('main', { className: 'page' })
  document.body.className = inSlider ? 'in-slider' : ''
  document.body.replaceChildren(...(inSlider ? [main] : layout(main)))
  if (!portal.state.user.active) {
    main.append(h('section', { className: 'card dismissed' }, h('h1', {}, portal.t.youAreDismissed), h('p', {}, portal.t.dismissedMore)))
    return
  }
  if (!inSlider) background(document.body)
  const [page, args] = find(location.pathname)
  try {
    leave = (await page(main, ...args)) ?? (() => {})
  } catch (error) {
    main.append(h('p', { className: 'note' }, error.message))
    toast(error.message, true)
  }
}

/** Applications that work behind every page, in frames nobody sees. */
function background(body) {
  for (const binding of bindingsOf('PAGE_BACKGROUND_WORKER')) {
    const box = h('div', { hidden: true })
    body.append(box)
    openFrame(box, { client_id: binding.client_id, placement: binding.placement, binding_id: binding.id, options: { ID: binding.placement } })
      .catch((error) => console.warn(binding.placement, error.message))
  }
}

function find(path) {
  for (const [pattern, page] of routes) {
    const found = pattern.exec(path.endsWith('/') ? path : `${path}/`)
    if (found) return [page, found.slice(1).map(decodeURIComponent)]
  }
  return [dealsPage, ['kanban', '0']]
}

export function go(href) {
  history.pushState(null, '', inSlider ? `${href}?IFRAME=Y` : href)
  return draw()
}

document.addEventListener('click', (event) => {
  const anchor = event.target.closest?.('a[data-link]')
  if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  void go(anchor.getAttribute('href'))
})
window.addEventListener('popstate', draw)
void draw()
