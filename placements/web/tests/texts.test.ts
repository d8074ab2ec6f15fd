import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from '@/i18n/en.json'
import { russianForm } from '@/i18n/plural'
import ru from '@/i18n/ru.json'

type Texts = { [key: string]: string | Texts }

const flat = (texts: Texts, path = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : flat(value, `${path}${key}.`))

const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()

describe('the texts', () => {
  const english = new Map(flat(en))
  const russian = new Map(flat(ru))

  it('exist in both languages', () => {
    expect([...russian.keys()].sort()).toEqual([...english.keys()].sort())
  })

  it('have the same gaps to fill', () => {
    for (const [key, text] of english) expect(places(russian.get(key) ?? ''), key).toEqual(places(text))
  })

  it('are all used', () => {
    const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(vue|ts)$/.test(name))
      .map((name) => readFileSync(join('src', name), 'utf8'))
      .join('\n')
    const used = (key: string) => {
      const parts = key.split('.')
      return parts.some((_, cut) => source.includes(cut === 0 ? `'${key}'` : `${parts.slice(0, cut).join('.')}.\${`))
    }
    expect([...english.keys()].filter((key) => !used(key))).toEqual([])
  })
})

describe('the Russian plural', () => {
  it('follows the last digits', () => {
    const forms = (numbers: number[]) => new Set(numbers.map((n) => russianForm(n, 3)))
    expect(forms([1, 21, 101, 1001])).toEqual(new Set([0]))
    expect(forms([2, 3, 4, 22, 34, 102])).toEqual(new Set([1]))
    expect(forms([0, 5, 11, 12, 13, 14, 20, 111, 112])).toEqual(new Set([2]))
  })
})
