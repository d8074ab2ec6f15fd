/** Repeats a task while the page is visible: one at a time, slower while it fails. */
import { useDocumentVisibility } from '@vueuse/core'
import { onScopeDispose, watch } from 'vue'

const SLOWEST_MS = 60_000

export function usePolling(task: () => Promise<void>, everyMs: number): void {
  const visibility = useDocumentVisibility()
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = everyMs
  let over = false

  async function tick() {
    try {
      await task()
      pause = everyMs
    } catch {
      pause = Math.min(pause * 2, SLOWEST_MS)
    }
    plan(pause)
  }

  function plan(delay: number) {
    clearTimeout(timer)
    if (!over && visibility.value === 'visible') timer = setTimeout(tick, delay)
  }

  watch(visibility, () => plan(0))
  plan(everyMs)
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
  })
}
