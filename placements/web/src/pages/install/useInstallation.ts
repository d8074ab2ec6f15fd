/** Runs the installation steps one after another, from the first that is not done. */
import { computed, ref, shallowRef } from 'vue'
import type { InstallationStep } from '@/api/client'
import { problemOf, type Problem } from '@/api/problem'
import { usePage } from '@/session/page'

export type ShownStep = Omit<InstallationStep, 'state'> & { state: InstallationStep['state'] | 'running' }

/** Long enough to read that it worked; the portal replaces the page right after. */
const FAREWELL_MS = 1_500

export function useInstallation() {
  const { api, frame } = usePage()
  const steps = ref<ShownStep[]>([])
  const problem = shallowRef<Problem | null>(null)
  const busy = ref(false)
  const done = computed(() => steps.value.length > 0 && steps.value.every((step) => step.state === 'done'))
  const failed = computed(() => steps.value.find((step) => step.state === 'failed'))

  async function runStep(index: number): Promise<boolean> {
    const step = steps.value[index] as ShownStep
    steps.value[index] = { ...step, state: 'running', problem: null }
    try {
      steps.value[index] = await api.runStep(step.code)
    } catch (error) {
      steps.value[index] = { ...step, state: 'failed', problem: problemOf(error) }
    }
    return steps.value[index]?.state === 'done'
  }

  async function run() {
    if (busy.value) return
    busy.value = true
    problem.value = null
    try {
      if (!steps.value.length) steps.value = (await api.installation()).steps
      for (const [index, step] of steps.value.entries()) {
        if (step.state !== 'done' && !(await runStep(index))) return
      }
      finish()
    } catch (error) {
      problem.value = problemOf(error)
    } finally {
      busy.value = false
    }
  }

  /** The portal answers by replacing this page, so there is nothing to wait for. */
  function finish() {
    if (frame.isInstallMode) setTimeout(() => void frame.installFinish().catch(() => {}), FAREWELL_MS)
  }

  return { steps, problem, busy, done, failed, run, installing: frame.isInstallMode }
}
