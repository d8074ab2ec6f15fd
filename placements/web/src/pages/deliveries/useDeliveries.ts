/** The list of deliveries: filter, pages, and polling that never makes rows jump. */
import { ref, shallowRef, watch } from 'vue'
import type { DeliveryPage, DeliveryRow, Filter } from '@/api/client'
import { problemOf, type Problem } from '@/api/problem'
import { usePolling } from '@/components/polling'
import { usePage } from '@/session/page'
import { mergeRows } from './merge'

const PAGE = 50
const POLLED = 200
const POLL_MS = 5_000

export function useDeliveries() {
  const { api } = usePage()
  const rows = shallowRef<DeliveryRow[]>([])
  const counts = ref<DeliveryPage['counts'] | null>(null)
  const side = ref<DeliveryPage['side']>('none')
  const filter = ref<Filter | null>(null)
  const cursor = ref<string | null>(null)
  const changes = ref(0)
  const loading = ref(true)
  const loadingMore = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const updatedAt = ref<string | null>(null)
  const stale = ref(false)
  let asked: AbortController | undefined

  const query = () => ({ state: filter.value ?? undefined })

  function note(page: DeliveryPage) {
    counts.value = page.counts
    side.value = page.side
    updatedAt.value = new Date().toISOString()
    stale.value = false
  }

  async function load() {
    asked?.abort()
    const mine = (asked = new AbortController())
    loading.value = true
    problem.value = null
    try {
      const page = await api.deliveries({ ...query(), limit: PAGE }, mine.signal)
      rows.value = page.items
      cursor.value = page.next_cursor
      changes.value = 0
      note(page)
    } catch (error) {
      if (mine.signal.aborted) return
      problem.value = problemOf(error)
    }
    loading.value = false
  }

  async function loadMore() {
    if (!cursor.value || loadingMore.value) return
    const signal = asked?.signal
    loadingMore.value = true
    try {
      const page = await api.deliveries({ ...query(), cursor: cursor.value, limit: PAGE }, signal)
      const known = new Set(rows.value.map((row) => row.id))
      rows.value = [...rows.value, ...page.items.filter((row) => !known.has(row.id))]
      cursor.value = page.next_cursor
      note(page)
    } catch (error) {
      if (!signal?.aborted) problem.value = problemOf(error)
    }
    loadingMore.value = false
  }

  async function poll() {
    if (loading.value) return
    const signal = asked?.signal
    try {
      const limit = Math.min(Math.max(rows.value.length, PAGE), POLLED)
      const page = await api.deliveries({ ...query(), limit }, signal)
      if (signal?.aborted) return
      accept(page)
      problem.value = null
      note(page)
    } catch (error) {
      if (signal?.aborted) return
      stale.value = true
      throw error
    }
  }

  function accept(page: DeliveryPage) {
    if (rows.value.length === 0) {
      rows.value = page.items
      cursor.value = page.next_cursor
      return
    }
    const merged = mergeRows(rows.value, page.items, page.next_cursor === null)
    rows.value = merged.rows
    changes.value = merged.changes
  }

  watch(filter, load)
  void load()
  usePolling(poll, POLL_MS)

  return { rows, counts, side, filter, cursor, changes, loading, loadingMore, problem, updatedAt, stale, load, loadMore }
}
