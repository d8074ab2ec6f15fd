/** What the server put into the page: who is looking, at which portal, with which short-lived token. */

export interface Boot {
  session: string
  expires_in: number
  page: 'install' | 'deliveries'
  language: 'ru' | 'en'
  portal: { domain: string; member_id: string; origin: string }
  user: { id: number; admin: boolean }
  installed: boolean
  placement: string
  options: Record<string, unknown>
}

/** Reads the boot node and removes it, so that the token lives in memory only. */
export function takeBoot(page: Document): Boot | null {
  const node = page.getElementById('boot')
  if (!node) return null
  node.remove()
  try {
    return JSON.parse(node.textContent ?? '') as Boot
  } catch {
    return null
  }
}
