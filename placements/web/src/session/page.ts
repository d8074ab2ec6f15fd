/** What every component of a connected page may ask for. */
import type { B24Frame } from '@bitrix24/b24jssdk'
import { inject, type InjectionKey } from 'vue'
import type { Api } from '@/api/client'
import type { Boot } from './boot'

export interface Page {
  boot: Boot
  frame: B24Frame
  api: Api
}

export const pageKey: InjectionKey<Page> = Symbol('page')

export function usePage(): Page {
  const page = inject(pageKey)
  if (!page) throw new Error('This component is drawn outside a connected page')
  return page
}
