/** How states and steps look: icon, tone and the key of the word. */
import AlertIcon from '@bitrix24/b24icons-vue/outline/AlertIcon'
import BanMIcon from '@bitrix24/b24icons-vue/outline/BanMIcon'
import CircleCheckIcon from '@bitrix24/b24icons-vue/outline/CircleCheckIcon'
import CircleCrossIcon from '@bitrix24/b24icons-vue/outline/CircleCrossIcon'
import ClockIcon from '@bitrix24/b24icons-vue/outline/ClockIcon'
import DownloadIcon from '@bitrix24/b24icons-vue/outline/DownloadIcon'
import InfoCircleIcon from '@bitrix24/b24icons-vue/outline/InfoCircleIcon'
import LeftRightIcon from '@bitrix24/b24icons-vue/outline/LeftRightIcon'
import LinkIcon from '@bitrix24/b24icons-vue/outline/LinkIcon'
import NoWifiIcon from '@bitrix24/b24icons-vue/outline/NoWifiIcon'
import RefreshIcon from '@bitrix24/b24icons-vue/outline/RefreshIcon'
import RepeatIcon from '@bitrix24/b24icons-vue/outline/RepeatIcon'
import RobotIcon from '@bitrix24/b24icons-vue/outline/RobotIcon'
import SendIcon from '@bitrix24/b24icons-vue/outline/SendIcon'
import SpeedMeterIcon from '@bitrix24/b24icons-vue/outline/SpeedMeterIcon'
import UploadIcon from '@bitrix24/b24icons-vue/outline/UploadIcon'
import type { Component } from 'vue'
import type { DeliveryRow, Filter } from '@/api/client'
import type { Tone } from '@/components/tone'

export interface Look {
  icon: Component
  tone: Tone
}

export type StateWord = DeliveryRow['state'] | 'retrying'

export const stateWord = (row: Pick<DeliveryRow, 'state' | 'failures'>): StateWord =>
  row.state === 'waiting' && row.failures > 0 ? 'retrying' : row.state

export const stateLooks: Record<StateWord, Look> = {
  waiting: { icon: ClockIcon, tone: 'info' },
  retrying: { icon: RepeatIcon, tone: 'warning' },
  running: { icon: RefreshIcon, tone: 'info' },
  delivered: { icon: CircleCheckIcon, tone: 'success' },
  rejected: { icon: CircleCrossIcon, tone: 'alert' },
  dead: { icon: AlertIcon, tone: 'alert' },
  cancelled: { icon: BanMIcon, tone: 'quiet' }
}

export const filterLooks: Record<Filter, Look> = {
  waiting: { icon: ClockIcon, tone: 'info' },
  delivered: { icon: CircleCheckIcon, tone: 'success' },
  failed: { icon: AlertIcon, tone: 'alert' }
}

const stepLooks = {
  received: { icon: RobotIcon, tone: 'quiet' },
  read: { icon: DownloadIcon, tone: 'quiet' },
  mapped: { icon: LeftRightIcon, tone: 'quiet' },
  written: { icon: UploadIcon, tone: 'info' },
  adopted: { icon: LinkIcon, tone: 'info' },
  reported: { icon: SendIcon, tone: 'info' },
  throttled: { icon: SpeedMeterIcon, tone: 'warning' },
  failed: { icon: AlertIcon, tone: 'alert' },
  retried: { icon: RepeatIcon, tone: 'warning' },
  lost_worker: { icon: NoWifiIcon, tone: 'warning' },
  delivered: { icon: CircleCheckIcon, tone: 'success' },
  rejected: { icon: CircleCrossIcon, tone: 'alert' },
  dead: { icon: AlertIcon, tone: 'alert' },
  note: { icon: InfoCircleIcon, tone: 'quiet' }
} satisfies Record<string, Look>

/** A kind of step that a newer server has added is shown as a note. */
export const stepKind = (kind: string): keyof typeof stepLooks =>
  kind in stepLooks ? (kind as keyof typeof stepLooks) : 'note'

export const stepLook = (kind: string): Look => stepLooks[stepKind(kind)]

export const isFinal = (state: DeliveryRow['state']): boolean => state !== 'waiting' && state !== 'running'
