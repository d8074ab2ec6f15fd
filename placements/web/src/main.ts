import { createHead } from '@unhead/vue/client'
import b24UiPlugin from '@bitrix24/b24ui-nuxt/vue-plugin'
import { createApp } from 'vue'
import App from './App.vue'
import './assets/main.css'
import './components/theme'
import { loadI18n, type Language } from './i18n'
import { takeBoot } from './session/boot'

const boot = takeBoot(document)
const language: Language = boot?.language ?? (navigator.language.startsWith('ru') ? 'ru' : 'en')
document.documentElement.lang = language

createApp(App, { boot, language })
  .use(createHead())
  .use(await loadI18n(language))
  .use(b24UiPlugin)
  .mount('#app')
