/** Numbers, money and times in the page's language. */
import { useI18n } from 'vue-i18n'

export function useFormat() {
  const { locale } = useI18n()
  const day = (at: Date) => at.toDateString()

  function money(amount: string | null, currency: string | null): string {
    const value = Number(amount)
    if (amount === null || Number.isNaN(value)) return '—'
    const digits = { minimumFractionDigits: Number.isInteger(value) ? 0 : 2, maximumFractionDigits: 2 }
    try {
      return new Intl.NumberFormat(locale.value, {
        ...digits, ...(currency && { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
      }).format(value)
    } catch {
      return `${new Intl.NumberFormat(locale.value, digits).format(value)} ${currency}`
    }
  }

  function moment(iso: string): string {
    const at = new Date(iso)
    const sameDay = day(at) === day(new Date())
    return new Intl.DateTimeFormat(locale.value, {
      ...(sameDay ? {} : { day: 'numeric', month: 'short' }), hour: '2-digit', minute: '2-digit'
    }).format(at)
  }

  const exactly = (iso: string): string =>
    new Intl.DateTimeFormat(locale.value, { dateStyle: 'long', timeStyle: 'medium' }).format(new Date(iso))

  const clock = (iso: string): string =>
    new Intl.DateTimeFormat(locale.value, { timeStyle: 'medium' }).format(new Date(iso))

  function duration(ms: number): string {
    const [value, unit] = ms < 1000 ? [Math.round(ms), 'millisecond']
      : ms < 60_000 ? [ms / 1000, 'second']
      : ms < 3_600_000 ? [ms / 60_000, 'minute']
      : [ms / 3_600_000, 'hour']
    return new Intl.NumberFormat(locale.value, { style: 'unit', unit: unit as string, maximumFractionDigits: 1 })
      .format(value as number)
  }

  const whole = (value: number): string => new Intl.NumberFormat(locale.value).format(value)

  return { money, moment, exactly, clock, duration, whole }
}
