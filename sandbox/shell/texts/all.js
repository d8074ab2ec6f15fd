/** What the portal says, in its two languages. */
import { en } from '/texts/en.js'
import { ru } from '/texts/ru.js'

export const texts = { en, ru }
