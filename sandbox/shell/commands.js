/** What an app may ask of the portal around it. A command that does not reply is silent on purpose. */
import { chooseAccess, chooseRecords, chooseUser } from '/choosing.js'
import { bindingsOf, send } from '/portal.js'
import { openAppSlider, openPageSlider } from '/slider.js'

const OPENABLE = /^\/(crm\/(deal|lead|contact|company|type)|marketplace|company\/personal\/user\/[0-9]+|workgroups\/group\/[0-9]+)\//

const OWN_LINK = /^\/marketplace\/view\/([^/]+)\/$/

/** A link into an application opens its `REST_APP_URI` with the parameters of the link. */
async function openOwnLink(code, searchParams) {
  const binding = bindingsOf('REST_APP_URI').find((one) => one.client_id === decodeURIComponent(code))
  if (!binding) return false
  const options = Object.fromEntries([...searchParams].map(([name, value]) => [/^params\[(.+)\]$/.exec(name)?.[1] ?? name, value]))
  await openAppSlider({ client_id: binding.client_id, placement: 'REST_APP_URI', binding_id: binding.id, options }, binding.title)
  return true
}

const isMain = (frame) => frame.opened.placement === 'DEFAULT'
const withSid = (frame, path, body = {}) => send(`frame/${path}`, { sid: frame.opened.sid, ...body })

export const commands = {
  async getInitData(frame, _params, reply) {
    reply(await withSid(frame, 'init'))
  },

  async refreshAuth(frame, _params, reply) {
    reply(await withSid(frame, 'refresh'))
  },

  async setInstall(frame, params, reply) {
    await withSid(frame, 'set_install')
    reply(params)
  },

  /** Never answered: the page with the frame is loaded anew. */
  async setInstallFinish(frame, params) {
    const value = params.value === false ? 'N' : 'Y'
    await withSid(frame, 'installed', { value })
    frame.context.installed?.(value)
  },

  async setAppOption(frame, { name, value }, reply) {
    reply(await withSid(frame, 'option', { kind: 'app', name, value }))
  },

  async setUserOption(frame, params, reply) {
    await withSid(frame, 'option', { kind: 'user', name: params.name, value: params.value })
    reply(params)
  },

  getInterface({ opened }, _params, reply) {
    reply({ command: opened.commands, event: opened.events })
  },

  /** The same callback is answered at each event. */
  placementBindEvent({ opened, bound }, { event }, _reply, { callback }) {
    if (!opened.events.includes(event)) return
    bound.set(event, [...(bound.get(event) ?? []), callback])
  },

  resizeWindow({ iframe, context }, { height }, reply) {
    if (context.close) return
    if (Number(height) > 0) iframe.style.setProperty('height', `${Math.max(Number(height), 100)}px`)
    reply({ width: iframe.offsetWidth, height: iframe.offsetHeight })
  },

  setTitle(frame, params, reply) {
    if (!isMain(frame)) return
    frame.context.setTitle?.(String(params.title))
    reply(params)
  },

  setScroll(frame, params, reply) {
    if (!isMain(frame)) return
    window.scrollTo({ top: Number(params.scroll) || 0 })
    reply(params)
  },

  reloadWindow(frame) {
    if (isMain(frame)) frame.context.reload?.()
  },

  async openApplication({ clientId }, params, reply) {
    const options = Object.fromEntries(Object.entries(params).filter(([name]) => !name.startsWith('bx24_')))
    const look = { width: params.bx24_width, label: params.bx24_label }
    await openAppSlider({ client_id: clientId, placement: 'DEFAULT', options }, params.bx24_title, look)
    reply()
  },

  closeApplication({ context }, _params, reply) {
    if (!context.close) return
    context.close()
    reply()
  },

  async openPath(_frame, { path }, reply) {
    const { pathname, searchParams } = new URL(String(path), location.origin)
    const link = OWN_LINK.exec(pathname)
    if (link && await openOwnLink(link[1], searchParams)) {
      reply({ result: 'close' })
      return
    }
    // The path is judged as it was given, whatever its dots make of it.
    if (!OPENABLE.test(String(path))) {
      reply({ result: 'error', errorCode: 'PATH_NOT_AVAILABLE' })
      return
    }
    await openPageSlider(pathname)
    reply({ result: 'close' })
  },

  async selectUser(_frame, { mult }, reply) {
    const chosen = await chooseUser(mult)
    if (chosen) reply(chosen)
  },

  async selectAccess(_frame, { value }, reply) {
    const chosen = await chooseAccess(value)
    if (chosen) reply(chosen)
  },

  async selectCRM(_frame, params, reply) {
    const chosen = await chooseRecords(params)
    if (chosen) reply(chosen)
  },

  /** Robot settings: the portal keeps the values in its form and says nothing. */
  setPropertyValue({ context }, params) {
    const { isRawValue: _, ...values } = params
    context.setProperties?.(values)
  },

  async reloadData({ context }, _params, reply) {
    await context.reloadData?.()
    reply()
  },

  /** Any other command that this placement offers. */
  placementCommand(_frame, _params, reply) {
    reply()
  }
}
