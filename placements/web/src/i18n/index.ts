/** The page's language: texts of one locale, loaded alone. */
import { createI18n } from 'vue-i18n'
import { russianForm } from './plural'

export type Language = 'ru' | 'en'

export async function loadI18n(language: Language) {
  const { default: texts } = language === 'ru' ? await import('./ru.json') : await import('./en.json')
  return createI18n({
    legacy: false,
    locale: language,
    messages: { [language]: texts },
    pluralRules: { ru: russianForm }
  })
}
