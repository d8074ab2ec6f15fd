/** Opens an app in an iframe by a hidden form, and speaks the frame protocol with it as its parent. */
import { commands } from '/commands.js'
import { h } from '/dom.js'
import { send } from '/portal.js'

/**
 * Draws the frame of `request` into `panel`. `context` says what this place can do:
 * setTitle, reload, installed, reloadData, close; what it lacks stays unanswered.
 */
export async function openFrame(panel, request, context = {}) {
  const opened = await send('open', request)
  const iframe = h('iframe', { name: opened.name, title: opened.title, className: 'app-frame', allow: 'geolocation; microphone; camera; autoplay' })
  const form = h('form', { method: 'post', action: opened.url, target: opened.name, hidden: true },
    Object.entries(opened.fields).map(([name, value]) => h('input', { type: 'hidden', name, value })))
  const frame = { opened, iframe, context, clientId: request.client_id, bound: new Map() }
  const listen = (event) => hear(frame, event)
  window.addEventListener('message', listen)
  panel.replaceChildren(iframe, form)
  form.submit()
  form.remove()
  return {
    /** Tells the app of an event it has asked for. */
    emit: (name, ...args) => frame.bound.get(name)?.forEach((callback) => answer(frame, callback, args)),
    close: () => window.removeEventListener('message', listen)
  }
}

/** Strangers, other frames of the page and unknown commands get no answer at all. */
async function hear(frame, event) {
  const { opened, iframe } = frame
  if (event.origin !== opened.origin || event.source !== iframe.contentWindow) return
  const message = parse(event.data)
  if (!message || message.sid !== opened.sid) return
  const command = Object.hasOwn(commands, message.method) ? commands[message.method]
    : opened.commands.includes(message.method) ? commands.placementCommand : null
  if (!command) return
  const reply = (value) => answer(frame, message.callback, value)
  try {
    await command(frame, message.params, reply, message)
  } catch (error) {
    // A command that the server refuses stays unanswered, as in the real portal.
    console.warn(message.method, error.message)
  }
}

/** `method:JSON:callback:sid` or, without parameters, `method:callback:sid`; JSON may hold colons. */
export function parse(data) {
  if (typeof data === 'object' && data !== null) {
    return { method: data.method, params: data.params ?? {}, callback: data.callback, sid: data.appSid }
  }
  if (typeof data !== 'string') return null
  const parts = data.split(':')
  if (parts.length < 3) return null
  const json = parts.slice(1, -2).join(':')
  try {
    return { method: parts[0], params: json ? JSON.parse(json) : {}, callback: parts.at(-2), sid: parts.at(-1) }
  } catch {
    return null
  }
}

function answer({ iframe, opened }, callback, value) {
  const body = value === undefined ? '' : JSON.stringify(value)
  iframe.contentWindow?.postMessage(`${callback}:${body}`, opened.origin)
}
