/** The settings of one robot: the app's own page in a frame or built-in editors; kept by Save alone. */
import { h, option, toast } from '/dom.js'
import { openFrame } from '/frame.js'
import { fullName, portal, send } from '/portal.js'
import { openPanel } from '/slider.js'

const DIALOG = 'BIZPROC_ACTIVITY_PROPERTIES_DIALOG'
const EXPRESSIONS = ['ID', 'TITLE', 'OPPORTUNITY', 'CURRENCY_ID', 'STAGE_ID', 'ASSIGNED_BY_ID', 'CLOSEDATE', 'COMMENTS']

/** Opens the settings of `robot` as `placed` on a stage (or about to be); resolves when it is closed. */
export function openSettings(robot, placed) {
  const { t } = portal
  return openPanel(t.settingsOf(robot.name), (body, close, cleanups) => {
    const form = h('form', { className: 'card stack robot-settings', onsubmit: (event) => { event.preventDefault(); void save(form, robot, placed, close) } })
    form.append(robot.description ? h('p', { className: 'faint' }, robot.description) : '', ownPart(form, robot, placed, cleanups), ...nativePart(robot, placed),
      h('div', { className: 'row end' },
        h('button', { type: 'button', className: 'button quiet', onclick: close }, t.cancel),
        h('button', { className: 'button' }, t.save)))
    body.append(form)
  })
}

function ownPart(form, robot, placed, cleanups) {
  const { t } = portal
  if (robot.own_page) return framed(form, robot, placed, cleanups)
  if (!robot.properties.length) return h('p', { className: 'faint' }, t.noProperties)
  return h('div', { className: 'stack' }, robot.properties.map((property) => editor(property, placed.properties?.[property.Id] ?? property.Default ?? '')))
}

/** The app's page writes hidden inputs into the form, one for a value and several for a list. */
function framed(form, robot, placed, cleanups) {
  const { t } = portal
  const hidden = h('div', { hidden: true })
  const put = (name, value) => {
    if (!robot.properties.some((property) => property.Id === name)) return
    const field = `property_${name.toLowerCase()}`
    hidden.querySelectorAll(`[data-property="${name}"]`).forEach((one) => one.remove())
    const list = Array.isArray(value)
    for (const one of list ? value : [value]) {
      hidden.append(h('input', { type: 'hidden', name: list ? `${field}[]` : field, value: one ?? '', 'data-property': name }))
    }
  }
  for (const [name, value] of Object.entries(placed.properties ?? {})) put(name, value)
  const panel = h('div', { className: 'dialog-frame' })
  const request = {
    client_id: robot.client_id, placement: DIALOG, uri: location.pathname,
    options: { code: robot.code, current_values: placed.properties ?? {} }
  }
  openFrame(panel, request, { setProperties: (values) => Object.entries(values).forEach(([name, value]) => put(name, value)) })
    .then((frame) => cleanups.push(frame.close), (error) => panel.replaceChildren(h('p', { className: 'note' }, `${t.noFrame}: ${error.message}`)))
  return h('div', {}, panel, hidden)
}

function editor(property, value) {
  const { t, state } = portal
  const { Id: id, Name: name, Type: type, Multiple: multiple, Required: required } = property
  const chosen = new Set([value].flat().map(String))
  const label = h('span', {}, name, required && ' *')
  const props = { name: id, multiple, required }
  if (type === 'bool') {
    return h('label', {}, label, h('select', { name: id }, option('Y', t.yes, value === 'Y'), option('N', t.no, value !== 'Y')))
  }
  if (type === 'select') {
    return h('label', {}, label, h('select', props, !required && option('', '—'), Object.entries(property.Options ?? {}).map(([key, text]) => option(key, text, chosen.has(key)))))
  }
  if (type === 'user') {
    return h('label', {}, label, h('select', props, option('', '—'), option('{=Document:ASSIGNED_BY_ID}', t.responsible, chosen.has('{=Document:ASSIGNED_BY_ID}')),
      state.users.filter((user) => user.active).map((user) => option(`user_${user.id}`, fullName(user), chosen.has(`user_${user.id}`)))))
  }
  const text = [value].flat().join('\n')
  const input = multiple || type === 'text'
    ? h('textarea', { name: id, rows: 3, required, value: text, 'data-lines': multiple })
    : h('input', { name: id, required, value: text })
  const insert = h('select', {
    className: 'insert', ariaLabel: `${t.fromDocument}: ${name}`,
    onchange: (event) => { input.value += event.target.value; event.target.value = '' }
  }, option('', '{…}'), EXPRESSIONS.map((field) => option(`{=Document:${field}}`, field)))
  return h('label', {}, label, multiple && h('span', { className: 'faint' }, t.several), h('span', { className: 'row start' }, input, insert))
}

/** What every robot has, whoever draws the rest. */
function nativePart(robot, placed) {
  const { t, state } = portal
  const open = robot.use_subscription === ''
  const waits = open ? placed.wait ?? true : robot.use_subscription === 'Y'
  const users = state.users.filter((user) => user.active).map((user) => option(user.id, fullName(user), user.id === placed.run_as))
  return robot.client_id ? [
    h('label', {}, t.runAs, h('select', { name: '_run_as' }, option(0, t.byApp, !placed.run_as), users)),
    h('label', {}, t.waits, h('select', { name: '_wait', disabled: !open }, option('Y', t.yes, waits), option('N', t.no, !waits))),
    robot.use_subscription !== 'N' && h('label', {}, t.timeout, h('input', { name: '_timeout', type: 'number', min: '0', value: placed.timeout ?? 0 }))
  ].filter(Boolean) : []
}

async function save(form, robot, placed, close) {
  const wait = form.elements._wait
  const settings = {
    properties: robot.own_page ? hiddenValues(form) : editorValues(form, robot),
    wait: wait && !wait.disabled ? wait.value === 'Y' : null,
    timeout: Number(form.elements._timeout?.value || 0), run_as: Number(form.elements._run_as?.value || 0)
  }
  try {
    if (placed.id) await send(`automation/${placed.id}`, settings)
    else await send('automation', { ...placed, ...settings, client_id: robot.client_id, code: robot.code })
    close()
  } catch (error) {
    toast(error.message, true)
  }
}

function hiddenValues(form) {
  const values = {}
  for (const input of form.querySelectorAll('[data-property]')) {
    const name = input.dataset.property
    if (input.name.endsWith('[]')) values[name] = [...(values[name] ?? []), input.value]
    else values[name] = input.value
  }
  return values
}

function editorValues(form, robot) {
  return Object.fromEntries(robot.properties.map(({ Id: id, Multiple: multiple }) => {
    const control = form.elements[id]
    if (control.selectedOptions && multiple) return [id, [...control.selectedOptions].map((one) => one.value).filter(Boolean)]
    return [id, multiple ? control.value.split('\n').filter(Boolean) : control.value]
  }))
}
