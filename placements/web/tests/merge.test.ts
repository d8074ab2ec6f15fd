import { describe, expect, it } from 'vitest'
import type { DeliveryRow } from '@/api/client'
import { mergeRows } from '@/pages/deliveries/merge'

const row = (n: number, state: DeliveryRow['state'] = 'waiting') =>
  ({ id: `d${n}`, received_at: `2026-01-01T00:00:${String(n).padStart(2, '0')}Z`, state }) as DeliveryRow

describe('a list brought up to date', () => {
  it('changes rows where they stand', () => {
    const merged = mergeRows([row(3), row(2), row(1)], [row(3, 'delivered'), row(2), row(1)], true)
    expect(merged.rows.map(({ id, state }) => [id, state])).toEqual([['d3', 'delivered'], ['d2', 'waiting'], ['d1', 'waiting']])
    expect(merged.changes).toBe(0)
  })

  it('announces arrivals instead of inserting them', () => {
    const merged = mergeRows([row(2), row(1)], [row(4), row(3), row(2)], false)
    expect(merged.rows.map(({ id }) => id)).toEqual(['d2', 'd1'])
    expect(merged.changes).toBe(2)
  })

  it('keeps rows that left the filter until the reader asks', () => {
    const merged = mergeRows([row(3), row(2), row(1)], [row(3), row(1)], false)
    expect(merged.rows).toHaveLength(3)
    expect(merged.changes).toBe(1)
  })
})
