/** Applications: what is installed, what could be, and the page of one. */
import { ask, h, link, toast } from '/dom.js'
import { openFrame } from '/frame.js'
import { icon } from '/layout.js'
import { appOf, portal, send } from '/portal.js'

const address = (app) => `/marketplace/app/${encodeURIComponent(app.client_id)}/`

export async function appsPage(main) {
  const { t, state } = portal
  const part = (title, apps) => [h('h2', { className: 'part' }, title),
    apps.length ? h('div', { className: 'shelf' }, apps.map(appCard)) : h('p', { className: 'note left' }, t.noApps)]
  main.append(h('div', { className: 'toolbar' }, h('h1', {}, t.apps)), ...part(t.installed, state.apps), ...part(t.market, state.market))
}

function appCard(app) {
  const { t, state } = portal
  const act = (what, body) => async () => {
    try {
      await send(`apps/${encodeURIComponent(app.client_id)}/${what}`, body)
      location.assign(what === 'install' && !app.api_only ? address(app) : '/market/')
    } catch (error) {
      toast(error.message, true)
    }
  }
  const button = (label, what, body, quiet = true) =>
    h('button', { className: quiet ? 'button quiet' : 'button', disabled: !state.user.admin, onclick: act(what, body) }, label)
  const remove = async () => {
    const form = await ask(t.uninstallQuestion(app.title), [
      h('label', { className: 'check' }, h('input', { type: 'checkbox', name: 'clean', value: 'Y' }), t.clean)], t.uninstall)
    if (form) await act('uninstall', { clean: form.clean === 'Y' })()
  }
  const status = app.installed ? t.installed : app.present ? t.notInstalled : app.kind === 'local' ? t.local : t.marketApp
  return h('article', { className: 'card app-card' },
    h('div', { className: 'row start' }, h('span', { className: 'app-icon' }, icon('app')),
      h('div', {}, h('strong', {}, app.title),
        h('div', { className: 'faint' }, [status, app.present && t.version(app.version), app.expired && t.unpaid].filter(Boolean).join(' · ')))),
    app.api_only && h('p', { className: 'faint' }, t.apiOnly),
    h('div', { className: 'row start wrap' },
      !app.present && button(t.install, 'install', {}, false),
      app.present && !app.api_only && link(address(app), { className: 'button' }, app.installed ? t.open : t.finish),
      app.present && button(t.update, 'update', {}),
      app.present && h('button', { className: 'button quiet', disabled: !state.user.admin, onclick: remove }, t.uninstall)))
}

export async function appPage(main, clientId) {
  const { t } = portal
  const finished = new URLSearchParams(location.search).get('install_finished')
  if (finished === 'Y') toast(t.installedNow)
  const title = h('h1', { id: 'pagetitle' }, appOf(clientId)?.title ?? clientId)
  const panel = h('div', { className: 'card panel app tall' }, h('p', { className: 'note' }, t.loading))
  main.append(h('div', { className: 'toolbar' }, title), panel)
  try {
    const frame = await openFrame(panel, { client_id: clientId, placement: 'DEFAULT' }, {
      setTitle: (text) => { title.textContent = text },
      reload: () => location.reload(),
      installed: (value) => location.assign(`${location.pathname}?install_finished=${value}`)
    })
    return frame.close
  } catch (error) {
    const known = { NOT_INSTALLED: t.adminOnly, NOT_FOUND: t.absent, user_access_error: t.denied, PAYMENT_REQUIRED: t.unpaid }[error.code]
    panel.replaceChildren(h('p', { className: 'note' }, known ?? `${t.noFrame}: ${error.message}`))
    return undefined
  }
}
