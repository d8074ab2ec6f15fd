/** The typed door to our server: bearer token, one repeat after 401, problems as errors. */
import createClient from 'openapi-fetch'
import type { PageSession } from '@/session/pageSession'
import { ApiError, toProblem } from './problem'
import type { components, paths } from './schema'

type Schemas = components['schemas']
export type Delivery = Schemas['Delivery']
export type DeliveryRow = Schemas['DeliveryRow']
export type DeliveryPage = Schemas['DeliveryPage']
export type DeliveryState = DeliveryRow['state']
export type InstallationStep = Schemas['InstallationStep']
export type Step = Schemas['Step']
export type Filter = 'waiting' | 'delivered' | 'failed'

type Transport = (request: Request) => Promise<Response>

/** Sends with the token; a refused token is renewed and the request repeated once. */
export function authorized(session: PageSession, transport: Transport): Transport {
  const send = (request: Request, token: string) => {
    request.headers.set('Authorization', `Bearer ${token}`)
    return transport(request)
  }
  return async (request) => {
    const again = request.clone()
    const token = await session.token()
    const answer = await send(request, token)
    if (answer.status !== 401) return answer
    const second = await send(again, await session.renew(token))
    if (second.status === 401) session.end()
    return second
  }
}

export function createApi(session: PageSession) {
  const client = createClient<paths>({ fetch: authorized(session, (request) => fetch(request)) })
  return {
    installation: () => unwrap(client.GET('/api/v1/installation')),
    runStep: (code: InstallationStep['code']) =>
      unwrap(client.POST('/api/v1/installation/steps/{code}', { params: { path: { code } } })),
    deliveries: (query: { state?: Filter; cursor?: string; limit?: number }, signal?: AbortSignal) =>
      unwrap(client.GET('/api/v1/deliveries', { params: { query }, signal })),
    delivery: (id: string, signal?: AbortSignal) =>
      unwrap(client.GET('/api/v1/deliveries/{delivery_id}', { params: { path: { delivery_id: id } }, signal }))
  }
}

export type Api = ReturnType<typeof createApi>

async function unwrap<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer
  if (data === undefined) throw new ApiError(toProblem(error, `HTTP_${response.status}`))
  return data
}
