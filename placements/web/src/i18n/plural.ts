/** Russian has three forms: 1 доставка, 2 доставки, 5 доставок. */
export function russianForm(count: number, forms: number): number {
  const n = Math.abs(count) % 100
  const last = n % 10
  const few = last >= 2 && last <= 4 && (n < 10 || n > 20)
  const form = last === 1 && n !== 11 ? 0 : few ? 1 : 2
  return Math.min(form, forms - 1)
}
