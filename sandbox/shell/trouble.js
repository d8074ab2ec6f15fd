/** The panel of trouble: every fault of the sandbox at a button. */
import { ask, h, option, toast } from '/dom.js'
import { actingUser, change, erase, fullName, portal, read, send } from '/portal.js'
import { openPanel } from '/slider.js'

const REQUESTS = ['refuse', 'throttle', 'slow', 'hang_then_commit', 'commit_then_hang', 'cut_body', 'html_502', 'reset_before', 'reset_after', 'error']
const CALLS = ['lose_call', 'double_call', 'delay_call']
/** Throttling is an error like any other to the server behind the page. */
const BODIES = {
  throttle: { kind: 'error', error: 'OPERATION_TIME_LIMIT', description: 'Method is blocked due to operation time limit.', status: 429 }
}

export function troubleButton() {
  const { state, t } = portal
  return h('button', { className: 'trouble', onclick: open }, `⚡ ${t.trouble}`, state.faults > 0 && h('span', { className: 'count' }, state.faults))
}

function open() {
  const { t } = portal
  void openPanel(t.trouble, (body) => {
    const active = h('div', { className: 'stack' })
    const redraw = () => drawActive(active)
    body.append(h('p', { className: 'faint' }, t.troubleAbout), requests(redraw), tokens(), people(), crm(), active)
    void redraw()
  })
}

const button = (label, onclick) => h('button', { type: 'button', className: 'button quiet', onclick }, label)
const group = (title, ...children) => h('section', { className: 'card stack' }, h('h3', {}, title), ...children)
const act = (promise) => promise.then(() => toast(portal.t.done), (error) => toast(error.message, true))
const reloaded = (promise) => promise.then(() => location.reload(), (error) => toast(error.message, true))

function requests(redraw) {
  const { t } = portal
  const field = (label, props) => h('label', { className: 'small' }, label, h('input', props))
  const method = field(t.method, { value: '', placeholder: '*' })
  const times = field(t.times, { type: 'number', min: '1', value: '1', placeholder: t.always })
  const seconds = field(t.seconds, { type: 'number', min: '0', step: '0.5', value: '5' })
  const value = (label) => label.querySelector('input').value.trim()
  const strike = (kind) => act(send('faults', {
    ...(BODIES[kind] ?? { kind }), method: value(method) || null, times: value(times) ? Number(value(times)) : null, seconds: Number(value(seconds) || 0)
  })).then(redraw)
  const row = (kinds) => h('div', { className: 'row start wrap' }, kinds.map((kind) => button(t.faults[kind], () => strike(kind))))
  return h('div', { className: 'stack' }, h('div', { className: 'row start wrap fields' }, method, times, seconds),
    group(t.groups.requests, row(REQUESTS)), group(t.groups.calls, row(CALLS)))
}

function tokens() {
  const { t, state } = portal
  const rename = async () => {
    const [host, port] = state.portal.domain.split(':')
    const form = await ask(t.faults.rename, [h('label', {}, t.newName, h('input', { name: 'domain', value: host.replace('.', '-new.'), required: true }))], t.save)
    if (form) await send('faults', { kind: 'rename', domain: form.domain }).then(() => location.assign(`https://${form.domain}:${port}/`), (error) => toast(error.message, true))
  }
  return group(t.groups.tokens, h('div', { className: 'row start wrap' },
    button(t.faults.expire_tokens, () => act(send('faults', { kind: 'expire_tokens' }))),
    button(t.faults.revoke_tokens, () => act(send('faults', { kind: 'revoke_tokens' }))),
    button(t.faults.rename, rename)))
}

function people() {
  const { t, state } = portal
  const users = state.users.filter((user) => user.id !== 1 || !user.active || user.id === actingUser())
  return group(t.groups.people, h('div', { className: 'row start wrap' },
    users.map((user) => user.active
      ? button(t.dismiss(fullName(user)), () => reloaded(send(`users/${user.id}/dismiss`)))
      : button(t.reinstate(fullName(user)), () => reloaded(send(`users/${user.id}/reinstate`)))),
    state.portal.licensed
      ? button(t.lapse, () => reloaded(send('licence', { licensed: false })))
      : button(t.renew, () => reloaded(send('licence', { licensed: true }))),
    state.apps.map((app) => {
      const pay = (expired) => reloaded(send(`apps/${encodeURIComponent(app.client_id)}/payment`, { user_id: 1, status: 'P', expired }))
      return app.expired ? button(t.pay(app.title), () => pay(false)) : button(t.expire(app.title), () => pay(true))
    })))
}

function crm() {
  const { t, state } = portal
  const choose = (title, fields, run) => async () => {
    if (!fields.length) return
    const list = h('select', { name: 'field' }, fields.map((one) => option(one.name, one.title)))
    const form = await ask(title, [h('label', {}, t.field, list)], t.choose)
    if (form) await reloaded(run(form.field))
  }
  const stages = state.pipelines.flatMap((line) => line.stages.map((stage) => ({ ...stage, name: `${line.name}: ${stage.name}` })))
  const renameStage = async () => {
    const form = await ask(t.renameStage, [
      h('label', {}, t.stage, h('select', { name: 'stage' }, stages.map((stage) => option(stage.id, stage.name)))),
      h('label', {}, t.newName, h('input', { name: 'name', required: true }))], t.save)
    if (form) await reloaded(change('stages', form))
  }
  const own = (required) => state.fields.filter((one) => one.required === required)
  return group(t.groups.crm, h('div', { className: 'row start wrap' },
    button(t.removeField, choose(t.removeField, state.fields.filter((one) => one.custom), (name) => erase(`fields/2/${name}`))),
    button(t.requireField, choose(t.requireField, own(false), (name) => change(`fields/2/${name}`, { required: true }))),
    button(t.releaseField, choose(t.releaseField, own(true), (name) => change(`fields/2/${name}`, { required: false }))),
    button(t.renameStage, renameStage)))
}

async function drawActive(box) {
  const { t } = portal
  const { faults } = await read('faults')
  portal.state.faults = faults.length
  const gone = (path) => act(erase(path)).then(() => drawActive(box))
  const rows = faults.map((fault) => h('li', {},
    h('span', {}, `${t.faults[fault.kind] ?? fault.kind}${fault.method ? ` · ${fault.method}` : ''} · ${fault.hits}/${fault.times ?? '∞'}`),
    h('button', { className: 'cross', ariaLabel: t.remove, onclick: () => gone(`faults/${fault.id}`) }, '✕')))
  box.replaceChildren(...(rows.length ? [h('h3', {}, t.active), h('ul', { className: 'faults' }, rows), button(t.clearAll, () => gone('faults'))] : []))
}
