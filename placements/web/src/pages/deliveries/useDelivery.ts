/** One delivery with its journal, kept fresh while it is not finished. */
import { ref, shallowRef, watch, type Ref } from 'vue'
import type { Delivery } from '@/api/client'
import { problemOf, type Problem } from '@/api/problem'
import { usePolling } from '@/components/polling'
import { usePage } from '@/session/page'
import { isFinal } from './look'

const POLL_MS = 5_000

export function useDelivery(id: Ref<string | null>) {
  const { api } = usePage()
  const delivery = shallowRef<Delivery | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let asked: AbortController | undefined

  async function fetchInto(wanted: string) {
    asked?.abort()
    const mine = (asked = new AbortController())
    try {
      const found = await api.delivery(wanted, mine.signal)
      if (!mine.signal.aborted) delivery.value = found
    } catch (error) {
      if (!mine.signal.aborted) throw error
    }
  }

  async function load() {
    const wanted = id.value
    if (!wanted) return
    loading.value = true
    problem.value = null
    try {
      await fetchInto(wanted)
    } catch (error) {
      problem.value = problemOf(error)
    }
    if (wanted === id.value) loading.value = false
  }

  watch(id, (now) => {
    if (now && now !== delivery.value?.id) delivery.value = null
    void load()
  }, { immediate: true })

  usePolling(async () => {
    const shown = delivery.value
    if (id.value && shown?.id === id.value && !isFinal(shown.state)) await fetchInto(id.value)
  }, POLL_MS)

  return { delivery, problem, loading, load }
}
