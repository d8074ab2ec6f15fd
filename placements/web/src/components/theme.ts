/** Light or dark, for this page alone: portals are light, and nothing may be stored in a frame. */
import { useDark } from '@vueuse/core'

export const dark = useDark({ storageKey: null, initialValue: 'light', valueLight: 'light' })
