import { describe, expect, it } from 'vitest'
import { authorized } from '@/api/client'
import { PageSession, SessionLost } from '@/session/pageSession'

function sessionOf(expiresIn: number, exchange?: () => Promise<{ token: string; expires_in: number }>) {
  const seen = { exchanges: 0, lost: 0, now: 0 }
  const session = new PageSession(
    { token: 'first', expires_in: expiresIn },
    async () => {
      seen.exchanges += 1
      return exchange ? exchange() : { token: `next${seen.exchanges}`, expires_in: 600 }
    },
    () => { seen.lost += 1 },
    () => seen.now
  )
  return { session, seen }
}

/** A server that knows one token and refuses all others. */
const serverFor = (good: string) => async (request: Request) =>
  new Response(await request.text(), { status: request.headers.get('Authorization') === `Bearer ${good}` ? 200 : 401 })

describe('the session of a page', () => {
  it('is renewed once for all who ask at the same time', async () => {
    const { session, seen } = sessionOf(600)
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => session.renew('first')))
    expect(new Set(answers)).toEqual(new Set(['next1']))
    expect(seen.exchanges).toBe(1)
  })

  it('is not renewed for a caller who still held an older token', async () => {
    const { session, seen } = sessionOf(600)
    await session.renew('first')
    expect(await session.renew('first')).toBe('next1')
    expect(seen.exchanges).toBe(1)
  })

  it('is renewed two minutes before it ends', async () => {
    const { session, seen } = sessionOf(600)
    seen.now = 479_000
    expect(await session.token()).toBe('first')
    seen.now = 481_000
    expect(await session.token()).toBe('next1')
  })

  it('goes on with a token that is still good when the early renewal fails', async () => {
    const { session, seen } = sessionOf(100, async () => { throw new Error('offline') })
    expect(await session.token()).toBe('first')
    seen.now = 101_000
    await expect(session.token()).rejects.toThrow('offline')
    expect(seen.lost).toBe(0)
  })

  it('is reported lost when the portal does not confirm the person', async () => {
    const { session, seen } = sessionOf(600, async () => { throw new SessionLost() })
    await expect(session.renew('first')).rejects.toBeInstanceOf(SessionLost)
    expect(seen.lost).toBe(1)
  })
})

describe('a request', () => {
  const ask = () => new Request('http://bridge.test/api', { method: 'POST', body: 'kept' })

  it('is repeated once, body and all, with a renewed token', async () => {
    const { session, seen } = sessionOf(600)
    const answers = await Promise.all([ask(), ask()].map(authorized(session, serverFor('next1'))))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200])
    expect(await answers[0]?.text()).toBe('kept')
    expect(seen.exchanges).toBe(1)
  })

  it('is not repeated for ever', async () => {
    const { session, seen } = sessionOf(600)
    const answer = await authorized(session, serverFor('never'))(ask())
    expect(answer.status).toBe(401)
    expect(seen.lost).toBe(1)
    expect(seen.exchanges).toBe(1)
  })
})
