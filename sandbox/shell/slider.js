/** A panel that slides over the page; holds an app's frame or another page of this portal. */
import { h } from '/dom.js'
import { openFrame } from '/frame.js'
import { portal } from '/portal.js'

/** Draws the panel and resolves when it is closed. */
function openSlider(fill) {
  return new Promise((resolve) => {
    const before = document.activeElement
    const cleanups = []
    const body = h('div', { className: 'slider-body' })
    const shade = h('div', { className: 'shade', onclick: (event) => event.target === shade && close() },
      h('aside', { className: 'slider', role: 'dialog', ariaModal: 'true' },
        h('button', { className: 'slider-close', ariaLabel: portal.t.close, onclick: () => close() }, '✕'), body))
    const onKey = (event) => event.key === 'Escape' && close()

    function close() {
      cleanups.forEach((cleanup) => cleanup())
      document.removeEventListener('keydown', onKey)
      shade.remove()
      before?.focus?.()
      resolve()
    }

    document.addEventListener('keydown', onKey)
    document.body.append(shade)
    shade.querySelector('button').focus()
    fill(body, close, cleanups)
  })
}

export const openAppSlider = (request, title) => openSlider(async (body, close, cleanups) => {
  if (title) body.parentElement.setAttribute('aria-label', title)
  try {
    const frame = await openFrame(body, request, { close })
    cleanups.push(frame.close)
  } catch (error) {
    body.replaceChildren(h('p', { className: 'note' }, `${portal.t.noFrame}: ${error.message}`))
  }
})

export const openPageSlider = (path) => openSlider((body) => {
  body.append(h('iframe', { className: 'app-frame', src: `${path}?IFRAME=Y`, title: path }))
})
