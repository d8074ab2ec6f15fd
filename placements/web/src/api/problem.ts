/** An answer that is not what was asked for, in words a person can act on. */
import type { components } from './schema'

export type Problem = components['schemas']['Problem']

export class ApiError extends Error {
  override name = 'ApiError'

  constructor(readonly problem: Problem) {
    super(problem.code)
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'sentence' in body && 'code' in body

/** Texts are empty where the server sent none: the page then says its own. */
export function toProblem(body: unknown, code: string): Problem {
  return isProblem(body) ? body : { code, sentence: '', remedy: '', request_id: '' }
}

export function problemOf(error: unknown): Problem {
  return error instanceof ApiError ? error.problem : toProblem(null, 'NETWORK')
}
