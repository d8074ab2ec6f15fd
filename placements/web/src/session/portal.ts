/** The portal around us: connecting to it, and asking it for a fresh session. */
import { initializeB24Frame, type B24Frame } from '@bitrix24/b24jssdk'
import type { Boot } from './boot'
import { SessionLost, type Grant } from './pageSession'

const SILENCE_MS = 5_000

/** The SDK waits for its parent for ever; we do not. */
export async function connectPortal(): Promise<B24Frame> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The portal did not answer')), SILENCE_MS)
  })
  try {
    return await Promise.race([initializeB24Frame(), silence])
  } finally {
    clearTimeout(timer)
  }
}

/** Trades a fresh access token, which only the portal can hand out, for a session of ours. */
export async function exchangeSession(frame: B24Frame | null, boot: Boot): Promise<Grant> {
  const auth = await frame?.auth.refreshAuth().catch(() => false as const)
  if (!auth) throw new SessionLost('The portal gave no fresh token')
  const answer = await fetch('/api/v1/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      access_token: auth.access_token,
      member_id: boot.portal.member_id,
      language: boot.language
    })
  })
  if (answer.status === 401 || answer.status === 403) throw new SessionLost('The session was refused')
  if (!answer.ok) throw new Error(`The session could not be renewed: ${answer.status}`)
  return (await answer.json()) as Grant
}

/** Opens an address of our own portal in its slider, any other in a new tab. */
export async function openAddress(frame: B24Frame, address: string): Promise<void> {
  const target = new URL(address)
  if (target.origin === frame.slider.getTargetOrigin()) {
    try {
      await frame.slider.openPath(target)
      return
    } catch {
      // The portal has no slider for this address: a tab will do.
    }
  }
  window.open(address, '_blank', 'noopener')
}
