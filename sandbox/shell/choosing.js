/** Dialogs in which a person chooses users, records or groups for an application. */
import { ask, h, option } from '/dom.js'
import { fullName, portal, read } from '/portal.js'

const people = () => portal.state.users.filter((user) => user.active)

/** One user or, `mult`, a list; nothing when the dialog is closed. */
export async function chooseUser(mult) {
  const { t } = portal
  const list = h('select', { name: 'user', multiple: Boolean(mult), required: true }, people().map((user) => option(user.id, fullName(user))))
  if (!await ask(t.user, [list], t.choose)) return undefined
  const users = [...list.selectedOptions].map(({ value, label }) => ({ id: value, name: label, photo: '', position: '', url: `/company/personal/user/${value}/`, sub: false, sup: false }))
  return mult ? users : users[0]
}

/** Access codes: everybody (`AU`) or single people (`U5`). */
export async function chooseAccess(value) {
  const { t } = portal
  const before = new Set([value ?? []].flat())
  const list = h('select', { name: 'access', multiple: true }, option('AU', t.everybody, before.has('AU')),
    people().map((user) => option(`U${user.id}`, fullName(user), before.has(`U${user.id}`))))
  if (!await ask(t.access, [list], t.choose)) return undefined
  return [...list.selectedOptions].map(({ value: id, label: name }) => ({ id, name }))
}

const LETTERS = { deal: 'D', contact: 'C', company: 'CO' }

/** Records by kind: `{deal: {0: {id: 'D_5', …}}, …}`, every kind that was asked for being there. */
export async function chooseRecords({ entityType, multiple, value }) {
  const { t } = portal
  const kinds = [entityType ?? Object.keys(LETTERS)].flat().filter((kind) => kind in LETTERS)
  const before = new Set(Object.entries(value ?? {}).flatMap(([kind, ids]) => [ids].flat().map((id) => `${LETTERS[kind]}_${String(id).split('_').pop()}`)))
  const groups = await Promise.all(kinds.map(async (kind) => {
    const { items } = await read(`choice/${kind}`)
    return h('optgroup', { label: t.kinds[kind] }, items.map((item) => {
      const id = `${LETTERS[kind]}_${item.id}`
      return h('option', { value: id, selected: before.has(id), 'data-kind': kind, 'data-number': item.id }, item.title)
    }))
  }))
  const list = h('select', { name: 'record', multiple: Boolean(multiple), size: 10 }, groups)
  if (!await ask(t.chooseRecord, [list], t.choose)) return undefined
  const found = Object.fromEntries(kinds.map((kind) => [kind, {}]))
  for (const { value: id, label: title, dataset } of list.selectedOptions) {
    const place = Object.keys(found[dataset.kind]).length
    found[dataset.kind][place] = { id, type: dataset.kind, place: String(place), title, desc: '', url: `/crm/${dataset.kind}/details/${dataset.number}/` }
  }
  return found
}
