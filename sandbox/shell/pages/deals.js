/** Deals of one pipeline as a board or a list; moving a deal starts the robots of its new stage. */
import { ask, h, link, option, toast } from '/dom.js'
import { bindingsOf, money, moment, pipeline, portal, read, send } from '/portal.js'
import { openAppSlider } from '/slider.js'

const EVERY_MS = 3000
const SHOWN = 200

export async function dealsPage(main, view, category) {
  const { t } = portal
  const line = pipeline(category)
  const chosen = new Set()
  const body = h('div', { className: view === 'list' ? 'card flush' : 'board' })
  const bar = h('div', { className: 'bulk', hidden: true })
  let last = ''
  let total = 0

  async function refresh() {
    if (document.querySelector('.dragging') || body.contains(document.activeElement?.closest('select'))) return
    const found = await read(`deals?category=${line.id}&limit=${SHOWN}`)
    const now = JSON.stringify(found)
    if (now === last) return
    last = now
    total = found.total
    paint(found.deals)
  }

  function paint(deals) {
    const hidden = total - deals.length
    body.replaceChildren(...(view === 'list' ? table(deals) : columns(deals)))
    if (hidden > 0) body.append(h('p', { className: 'note' }, t.more(hidden)))
    paintBar()
  }

  async function move(ids, stage) {
    if (!stage || !ids.length) return
    const { moved } = await send('deals/move', { ids, stage }).catch((error) => ({ error: toast(error.message, true) }))
    if (moved !== undefined) toast(t.moved(moved))
    chosen.clear()
    document.activeElement?.blur()
    await refresh()
    paintBar()
  }

  const mover = (ids) => h('select', {
    ariaLabel: t.moveTo, className: 'mover', onchange: (event) => move(ids(), event.target.value)
  }, option('', t.moveTo), line.stages.map((stage) => option(stage.id, stage.name)))

  const tick = (deal) => h('input', {
    type: 'checkbox', ariaLabel: `${t.select}: ${deal.title}`, checked: chosen.has(deal.id),
    onchange: (event) => {
      chosen[event.target.checked ? 'add' : 'delete'](deal.id)
      paintBar()
    }
  })

  function paintBar() {
    bar.hidden = chosen.size === 0
    bar.replaceChildren(h('strong', {}, t.selected(chosen.size)), mover(() => [...chosen]))
  }

  function columns(deals) {
    return line.stages.map((stage) => {
      const own = deals.filter((deal) => deal.stageId === stage.id)
      const column = h('section', {
        className: 'column', style: { '--stage': stage.color }, ariaLabel: stage.name,
        ondragover: (event) => { event.preventDefault(); column.classList.add('over') },
        ondragleave: () => column.classList.remove('over'),
        ondrop: (event) => {
          event.preventDefault()
          column.classList.remove('over')
          document.querySelector('.dragging')?.classList.remove('dragging')
          void move([Number(event.dataTransfer.getData('text/plain'))], stage.id)
        }
      },
      h('h2', { className: 'stage' }, h('span', {}, stage.name), h('span', { className: 'count' }, own.length),
        stage.robots > 0 && h('span', { className: 'robots', title: t.robotsHere(stage.robots) }, `⚙ ${stage.robots}`)),
      own.map(tile))
      return column
    })
  }

  const tile = (deal) => h('article', {
    className: 'deal', draggable: true,
    ondragstart: (event) => {
      event.dataTransfer.setData('text/plain', String(deal.id))
      event.currentTarget.classList.add('dragging')
    },
    ondragend: (event) => event.currentTarget.classList.remove('dragging')
  },
  h('div', { className: 'row' }, link(`/crm/deal/details/${deal.id}/`, { className: 'title', draggable: false }, deal.title || `#${deal.id}`), tick(deal)),
  h('strong', {}, money(deal)),
  h('span', { className: 'faint' }, moment(deal.createdTime)),
  h('div', { className: 'row' }, h('span', { className: 'faint' }, `ID ${deal.id}`), mover(() => [deal.id])))

  /** What applications offer for one deal of the list. */
  const actions = (deal) => {
    const offered = bindingsOf('CRM_DEAL_LIST_MENU')
    if (!offered.length) return ''
    const run = (event) => {
      const binding = offered[Number(event.target.value)]
      event.target.value = ''
      if (binding) void openAppSlider({ client_id: binding.client_id, placement: binding.placement, binding_id: binding.id, options: { ID: String(deal.id) }, uri: location.pathname }, binding.title)
    }
    return h('select', { className: 'mover', ariaLabel: `${t.menuOf}: ${deal.title}`, onchange: run }, option('', '⋯'), offered.map((binding, index) => option(index, binding.title)))
  }

  function table(deals) {
    if (!deals.length) return [h('p', { className: 'note' }, t.empty)]
    const names = new Map(line.stages.map((stage) => [stage.id, stage]))
    const cell = (...children) => h('td', {}, ...children)
    return [h('div', { className: 'scroll' }, h('table', {},
      h('thead', {}, h('tr', {}, ['✓', 'ID', t.title, t.stage, t.amount, t.created, ''].map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, deals.map((deal) => h('tr', {}, cell(tick(deal)), cell(deal.id),
        cell(link(`/crm/deal/details/${deal.id}/`, {}, deal.title || `#${deal.id}`)),
        cell(h('span', { className: 'pill', style: { '--stage': names.get(deal.stageId)?.color ?? '#ccc' } }, names.get(deal.stageId)?.name ?? deal.stageId)),
        cell(money(deal)), cell(moment(deal.createdTime)), cell(actions(deal)))))))]
  }

  main.append(toolbar(view, line, refresh), body, bar)
  await refresh()
  const timer = setInterval(() => { if (!document.hidden) refresh().catch(() => {}) }, EVERY_MS)
  return () => clearInterval(timer)
}

function toolbar(view, line, refresh) {
  const { t, state } = portal
  const tab = (name) => link(`/crm/deal/${name}/category/${line.id}/`, { className: name === view ? 'tab active' : 'tab' }, name === 'list' ? t.list : t.board)
  const lines = state.pipelines.map((one) =>
    link(`/crm/deal/${view}/category/${one.id}/`, { className: one.id === line.id ? 'tab active' : 'tab' }, one.name))
  return h('div', { className: 'toolbar' }, h('h1', {}, t.deals),
    h('button', { className: 'button', onclick: () => create(line).then(refresh) }, `+ ${t.newDeal}`),
    h('div', { className: 'tabs' }, lines), h('span', { className: 'spacer' }), appButtons(), h('div', { className: 'tabs' }, tab('kanban'), tab('list')))
}

/** Buttons that apps have put on the list's toolbar; each opens its app in a slider. */
function appButtons() {
  const placement = 'CRM_DEAL_LIST_TOOLBAR'
  return bindingsOf(placement).map((binding) => h('button', {
    className: 'button quiet',
    onclick: () => openAppSlider({ client_id: binding.client_id, placement, binding_id: binding.id, uri: location.pathname }, binding.title)
  }, binding.title))
}

async function create(line) {
  const { t, state } = portal
  const field = (label, control) => h('label', {}, label, control)
  const form = await ask(t.newDeal, [
    field(t.title, h('input', { name: 'title', required: true, autofocus: true })),
    field(t.amount, h('input', { name: 'opportunity', type: 'number', min: '0', step: '0.01', value: '1000' })),
    field(t.currency, h('select', { name: 'currencyId' }, state.currencies.map((code) => option(code, code))))
  ], t.create)
  if (!form) return
  await send('deals', { fields: { ...form, opportunity: Number(form.opportunity || 0), categoryId: line.id, stageId: line.stages[0].id } })
    .catch((error) => toast(error.message, true))
}
