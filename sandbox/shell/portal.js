/** The portal's own data: who acts, in which language, and the calls to the server behind the page. */
import { texts } from '/texts/all.js'

export const portal = { state: null, t: texts.en, locale: 'en' }

export const actingUser = () => Number(sessionStorage.getItem('user') ?? 1)

/** The cookie tells the consent page of the portal who is looking at it. */
export function actAs(id) {
  sessionStorage.setItem('user', String(id))
  document.cookie = `user=${id}; path=/; SameSite=Lax`
  location.reload()
}

async function call(method, path, body) {
  const answer = await fetch(`/_shell/${path}`, {
    method, ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  })
  const result = await answer.json().catch(() => ({}))
  if (!answer.ok) throw Object.assign(new Error(result.error_description ?? answer.statusText), { code: result.error })
  return result
}

export const read = (path) => call('GET', path)
export const send = (path, body = {}) => call('POST', path, { user_id: actingUser(), ...body })
export const change = (path, body) => call('PATCH', path, body)
export const erase = (path) => call('DELETE', path)

export async function loadState() {
  portal.state = await read(`state?user_id=${actingUser()}`)
  portal.locale = portal.state.portal.language === 'ru' ? 'ru' : 'en'
  portal.t = texts[portal.locale]
}

export const pipeline = (id) =>
  portal.state.pipelines.find((one) => one.id === Number(id)) ?? portal.state.pipelines[0]

export const fullName = (user) => [user.name, user.last_name].filter(Boolean).join(' ') || `#${user.id}`

export const bindingsOf = (placement) => portal.state.placements.filter((binding) => binding.placement === placement)

export const appOf = (clientId) =>
  [...portal.state.apps, ...portal.state.market].find((app) => app.client_id === clientId)

export function money(deal) {
  const value = Number(deal.opportunity ?? 0)
  try {
    return new Intl.NumberFormat(portal.locale, {
      style: 'currency', currency: deal.currencyId, currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: Number.isInteger(value) ? 0 : 2
    }).format(value)
  } catch {
    return `${value} ${deal.currencyId ?? ''}`
  }
}

export const moment = (iso) => iso
  ? new Intl.DateTimeFormat(portal.locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(new Date(iso))
  : '—'
