/** What an app may ask of the portal around it. A command that does not reply is silent on purpose. */
import { ask, h, option, toast } from '/dom.js'
import { fullName, portal, send } from '/portal.js'
import { openAppSlider, openPageSlider } from '/slider.js'

const OPENABLE = /^\/(crm\/(deal|lead|contact|company|type)|marketplace|company\/personal\/user\/[0-9]+|workgroups\/group\/[0-9]+)\//

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
    await openAppSlider({ client_id: clientId, placement: 'DEFAULT', options }, params.bx24_title)
    reply()
  },

  closeApplication({ context }, _params, reply) {
    if (!context.close) return
    context.close()
    reply()
  },

  async openPath(_frame, { path }, reply) {
    const { pathname } = new URL(String(path), location.origin)
    if (!OPENABLE.test(pathname)) {
      reply({ result: 'error', errorCode: 'PATH_NOT_AVAILABLE' })
      return
    }
    await openPageSlider(pathname)
    reply({ result: 'close' })
  },

  async selectUser(_frame, { mult }, reply) {
    const { t, state } = portal
    const list = h('select', { name: 'user', multiple: Boolean(mult) }, state.users.map((user) => option(user.id, fullName(user))))
    const form = await ask(t.user, [list], t.choose)
    if (!form) return
    const users = [...list.selectedOptions].map(({ value, label }) => ({ id: value, name: label, photo: '', position: '', url: '' }))
    reply(mult ? users : users[0])
  },

  /** Robot settings: the portal keeps the values and says nothing. */
  setPropertyValue({ context }, params) {
    const { isRawValue: _, ...values } = params
    toast(portal.t.robotPassed)
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
