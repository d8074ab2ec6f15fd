/** Builds elements; text is always text, never markup. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else if (key === 'style') for (const [name, one] of Object.entries(value)) element.style.setProperty(name, one)
    else if (key in element && key !== 'list' && key !== 'form' && !key.startsWith('data-')) element[key] = value
    else element.setAttribute(key, value === true ? '' : value)
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

export const link = (href, props, ...children) => h('a', { href, 'data-link': true, ...props }, ...children)

export const option = (value, label, selected = false) => h('option', { value, selected }, label)

export function toast(text, bad = false) {
  const box = h('div', { className: bad ? 'toast bad' : 'toast', role: 'status' }, text)
  document.body.append(box)
  setTimeout(() => box.remove(), 4000)
}

/** A small dialog; resolves with the form's values, or null when it is closed. */
export function ask(title, fields, action) {
  return new Promise((resolve) => {
    const form = h('form', { method: 'dialog' }, h('h2', {}, title), ...fields,
      h('div', { className: 'row end' },
        h('button', { type: 'button', className: 'button quiet', onclick: () => dialog.close() }, '✕'),
        h('button', { className: 'button', value: 'yes' }, action)))
    const dialog = h('dialog', {
      onclose: () => {
        resolve(dialog.returnValue === 'yes' ? Object.fromEntries(new FormData(form)) : null)
        dialog.remove()
      }
    }, form)
    document.body.append(dialog)
    dialog.showModal()
  })
}
