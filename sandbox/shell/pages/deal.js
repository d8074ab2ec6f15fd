/** One deal: stages, facts, history, robots' runs, and the tabs that apps have added. */
import { h, link, toast } from '/dom.js'
import { openFrame } from '/frame.js'
import { bindingsOf, fullName, money, moment, pipeline, portal, read, send } from '/portal.js'
import { openAppSlider, openPageSlider } from '/slider.js'

const EVERY_MS = 3000
const PLACEMENT = 'CRM_DEAL_DETAIL_TAB'

export async function dealPage(main, id) {
  const { t, state } = portal
  let card
  try {
    card = await read(`deals/${id}`)
  } catch {
    main.append(h('p', { className: 'note' }, t.noDeal), link('/', { className: 'button quiet' }, t.back))
    return undefined
  }
  const stages = h('div', { className: 'stages' })
  const facts = h('div', { className: 'card' })
  const panel = h('div', { className: 'card panel' })
  const tabs = h('div', { className: 'tabs wide', role: 'tablist' })
  const own = [
    { key: 'timeline', title: t.timeline, show: () => panel.replaceChildren(timeline(card, refresh)) },
    { key: 'runs', title: t.runs, show: () => panel.replaceChildren(runs(card)) }
  ]
  const added = bindingsOf(PLACEMENT).map((binding) => ({
    key: `binding-${binding.id}`, title: binding.title, app: true, show: () => showApp(binding)
  }))
  let active = own[0]
  let closeFrame = () => {}

  async function showApp(binding) {
    panel.replaceChildren(h('p', { className: 'note' }, t.loading))
    panel.classList.add('app')
    const frame = await openFrame(panel, {
      client_id: binding.client_id, placement: PLACEMENT, binding_id: binding.id,
      options: { ID: String(id) }, uri: location.pathname
    }, { reloadData: refresh, reload: () => select(active) })
    closeFrame = frame.close
  }

  function select(tab) {
    closeFrame()
    closeFrame = () => {}
    active = tab
    panel.classList.remove('app')
    for (const button of tabs.children) button.setAttribute('aria-selected', String(button.dataset.key === tab.key))
    Promise.resolve(tab.show()).catch((error) => panel.replaceChildren(h('p', { className: 'note' }, `${t.noFrame}: ${error.message}`)))
  }

  async function moveTo(stage) {
    await send('deals/move', { ids: [Number(id)], stage }).catch((error) => toast(error.message, true))
    await refresh()
  }

  let last = ''
  async function refresh() {
    card = await read(`deals/${id}`)
    const now = JSON.stringify(card)
    if (now === last) return
    last = now
    stages.replaceChildren(...stageBar(card.deal, moveTo))
    facts.replaceChildren(...about(card))
    if (!active.app) active.show()
  }

  tabs.append(...[...own, ...added].map((tab) =>
    h('button', { className: 'tab', role: 'tab', 'data-key': tab.key, onclick: () => select(tab) }, tab.title)))
  main.append(
    h('div', { className: 'toolbar' }, h('h1', {}, card.deal.title || `#${id}`), h('span', { className: 'chip dark' }, `ID ${id}`), h('span', { className: 'spacer' }), appButtons(id)),
    stages, h('div', { className: 'split' }, facts, h('div', { className: 'stack' }, tabs, panel)))
  await refresh()
  select(own[0])
  const timer = setInterval(() => { if (!document.hidden) refresh().catch(() => {}) }, EVERY_MS)
  return () => {
    clearInterval(timer)
    closeFrame()
  }
}

/** Buttons of applications above the card and over its timeline; each opens its app in a slider. */
function appButtons(id) {
  return ['CRM_DEAL_DETAIL_TOOLBAR', 'CRM_DEAL_DETAIL_ACTIVITY'].flatMap(bindingsOf).map((binding) => h('button', {
    className: 'button quiet',
    onclick: () => openAppSlider({ client_id: binding.client_id, placement: binding.placement, binding_id: binding.id, options: { ID: String(id) }, uri: location.pathname }, binding.title)
  }, binding.title))
}

function stageBar(deal, moveTo) {
  const { stages } = pipeline(deal.categoryId)
  const at = stages.findIndex((stage) => stage.id === deal.stageId)
  return stages.map((stage, index) => h('button', {
    className: index <= at ? 'step done' : 'step', style: { '--stage': stages[at]?.color ?? stage.color, '--own': stage.color },
    'aria-current': index === at ? 'step' : null, onclick: () => moveTo(stage.id)
  }, stage.name))
}

function about(card) {
  const { t, state } = portal
  const { deal } = card
  const responsible = state.users.find((user) => user.id === Number(deal.assignedById))
  const named = (one) => one.title || [one.name, one.lastName ?? one.last_name].filter(Boolean).join(' ') || `#${one.id}`
  const rows = [
    [t.amount, money(deal)],
    [t.responsible, responsible ? fullName(responsible) : deal.assignedById],
    [t.company, card.company && named(card.company)],
    [t.contacts, card.contacts.map(named).join(', ')],
    [t.products, card.products.map((row) => `${row.productName} × ${row.quantity}`).join(', ')],
    [t.comments, deal.comments],
    [t.origin, [deal.originatorId, deal.originId].filter(Boolean).join(' / ')],
    [t.created, moment(deal.createdTime)]
  ]
  const filled = Object.entries(deal).filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && !value.length))
  const show = (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
  return [h('h2', {}, t.about),
    h('dl', {}, rows.filter(([, value]) => value).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    h('details', {}, h('summary', {}, t.fields),
      h('dl', { className: 'raw' }, filled.map(([name, value]) => [h('dt', {}, name), h('dd', {}, show(value))])))]
}

function timeline({ timeline: entries }, refresh) {
  const { t, state } = portal
  if (!entries.length) return h('p', { className: 'note' }, t.nothing)
  const author = (id) => state.users.find((user) => user.id === Number(id))
  return h('ol', { className: 'feed' }, entries.map((entry) => h('li', { className: entry.kind },
    h('div', { className: 'faint' }, [moment(entry.at), author(entry.author_id) && fullName(author(entry.author_id))].filter(Boolean).join(' · ')),
    entry.title && h('strong', { className: entry.completed ? 'completed' : '' }, entry.title),
    entry.text && h('div', { className: 'text' }, entry.text), entry.kind === 'activity' && activity(entry, refresh))))
}

/** What an application has put into its activity; a click goes back to it. */
function activity(entry, refresh) {
  const press = async (part) => {
    try {
      const answer = await send(`activities/${entry.id}/press`, { part })
      if (answer.type === 'openRestApp') await openAppSlider({ client_id: answer.client_id, placement: 'DEFAULT', options: answer.options }, entry.title)
      else if (answer.type === 'redirect' && answer.uri) await openPageSlider(new URL(answer.uri, location.origin).pathname)
      await refresh()
    } catch (error) {
      toast(error.message, true)
    }
  }
  const busy = (path) => entry.locked === 'loader' || entry.locked === path
  return [
    entry.tags.map((tag) => h('span', { className: `badge ${tag.type}` }, tag.title)),
    entry.blocks.map((block) => h('div', { className: 'text' }, block.title && h('span', { className: 'faint' }, `${block.title}: `), block.text)),
    entry.buttons.length > 0 && h('div', { className: 'row start wrap' }, entry.buttons.map((button) => h('button', {
      className: button.type === 'primary' ? 'button' : 'button quiet', disabled: busy(button.path), onclick: () => press(button.path)
    }, button.title)))
  ]
}

function runs({ workflows }) {
  const { t } = portal
  if (!workflows.length) return h('p', { className: 'note' }, t.nothing)
  return h('ol', { className: 'feed' }, workflows.map((run) => h('li', { className: run.state },
    h('div', { className: 'faint' }, moment(run.started_at)),
    h('strong', {}, run.code), h('span', { className: `badge ${run.state}` }, run.is_timeout ? t.timedOut : t.runStates[run.state]),
    run.log.map((line) => h('div', { className: 'text' }, line)),
    Object.keys(run.return_values).length > 0 && h('code', {}, JSON.stringify(run.return_values)))))
}
