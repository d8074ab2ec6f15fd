/** Brings a shown list up to date without moving a row under the reader's hand. */
import type { DeliveryRow } from '@/api/client'

export interface Merged {
  rows: DeliveryRow[]
  /** Rows that appeared above, or left the filter: shown only when the reader asks. */
  changes: number
}

/**
 * `fresh` is the newest part of the same list. Known rows are replaced in place; rows that should
 * be within its span but are not have left the filter.
 */
export function mergeRows(shown: DeliveryRow[], fresh: DeliveryRow[], complete: boolean): Merged {
  const byId = new Map(fresh.map((row) => [row.id, row]))
  const known = new Set(shown.map((row) => row.id))
  const oldest = fresh.at(-1)?.received_at
  const inSpan = (row: DeliveryRow) => complete || (oldest !== undefined && row.received_at > oldest)
  const arrived = fresh.filter((row) => !known.has(row.id)).length
  const left = shown.filter((row) => !byId.has(row.id) && inSpan(row)).length
  return { rows: shown.map((row) => byId.get(row.id) ?? row), changes: arrived + left }
}
