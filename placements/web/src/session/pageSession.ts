/** The bearer token of this page, kept in memory and renewed once for everybody who asks. */

export interface Grant {
  token: string
  expires_in: number
}

export class SessionLost extends Error {
  override name = 'SessionLost'
}

const EARLY_MS = 120_000

export class PageSession {
  #token: string
  #expiresAt: number
  #renewing: Promise<string> | null = null

  constructor(
    first: Grant,
    private readonly exchange: () => Promise<Grant>,
    private readonly onLost: () => void = () => {},
    private readonly now: () => number = Date.now
  ) {
    this.#token = first.token
    this.#expiresAt = this.now() + first.expires_in * 1000
  }

  /** A token that is good for now; renews it first when it is about to expire. */
  async token(): Promise<string> {
    const left = this.#expiresAt - this.now()
    if (left > EARLY_MS) return this.#token
    try {
      return await this.renew(this.#token)
    } catch (error) {
      if (left > 0) return this.#token
      throw error
    }
  }

  /** Replaces `refused`; whoever comes while another caller renews gets that caller's answer. */
  async renew(refused: string): Promise<string> {
    if (refused !== this.#token) return this.#token
    this.#renewing ??= this.#exchangeOnce().finally(() => {
      this.#renewing = null
    })
    return this.#renewing
  }

  /** A token fresh from the server was refused: there is no use in asking again. */
  end(): void {
    this.onLost()
  }

  async #exchangeOnce(): Promise<string> {
    try {
      const grant = await this.exchange()
      this.#token = grant.token
      this.#expiresAt = this.now() + grant.expires_in * 1000
      return grant.token
    } catch (error) {
      if (error instanceof SessionLost) this.onLost()
      throw error
    }
  }
}
