import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import vue from '@vitejs/plugin-vue'
import bitrix24UI from '@bitrix24/b24ui-nuxt/vite'

export default defineConfig({
  base: '/static/app/',
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: true, // reka-ui's and the kit's components are partly written with it
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false
  },
  plugins: [
    vue(),
    bitrix24UI({
      router: false,
      autoImport: false,
      colorMode: false // the kit's own switch touches localStorage, which throws when all cookies are blocked
    })
  ],
  build: {
    outDir: '../static',
    emptyOutDir: true,
    // Not ".vite/": package builders skip hidden folders.
    manifest: 'manifest.json',
    sourcemap: false
  }
})
