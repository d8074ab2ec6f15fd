/** A panel that slides over the page; holds an app's frame, another page of this portal, or a form. */
import { h } from '/dom.js'
import { openFrame } from '/frame.js'
import { portal } from '/portal.js'

/** Draws the panel and resolves when it is closed. */
function openSlider(fill, kind = '') {
  return new Promise((resolve) => {
    const before = document.activeElement
    const cleanups = []
    const body = h('div', { className: 'slider-body' })
    const shade = h('div', { className: `shade ${kind}`, onclick: (event) => event.target === shade && close() },
      h('aside', { className: 'slider', role: 'dialog', ariaModal: 'true' },
        h('button', { className: 'slider-close', ariaLabel: portal.t.close, onclick: () => close() }, '✕'), body))
    const onKey = (event) => event.key === 'Escape' && !document.querySelector('dialog[open]') && close()

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

/** `look` is what the application asks for: a width in pixels, a label with its colour. */
export const openAppSlider = (request, title, { width, label } = {}) => openSlider(async (body, close, cleanups) => {
  const aside = body.parentElement
  if (title) aside.setAttribute('aria-label', title)
  if (Number(width) > 0) aside.style.setProperty('width', `min(${Number(width)}px, calc(100vw - 60px))`)
  if (label?.text) {
    const tag = h('span', { className: 'slider-label' }, label.text)
    if (label.bgColor) tag.style.setProperty('background', label.bgColor)
    aside.append(tag)
  }
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

/** A panel with a title over a scrolling page of the portal's own. */
export const openPanel = (title, fill) => openSlider((body, close, cleanups) => {
  body.parentElement.setAttribute('aria-label', title)
  const content = h('div', { className: 'panel-content' }, h('h2', { className: 'panel-title' }, title))
  body.append(content)
  fill(content, close, cleanups)
}, 'narrow')
