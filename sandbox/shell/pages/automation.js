/** Which robots stand on which stage; puts one there or takes it away. */
import { ask, h, link, option, toast } from '/dom.js'
import { actingUser, erase, pipeline, portal, read, send } from '/portal.js'

export async function automationPage(main, category) {
  const { t, state } = portal
  const line = pipeline(category)
  const board = h('div', { className: 'board' })

  async function refresh() {
    const { robots, placed } = await read('automation')
    const here = placed.filter((one) => one.category === line.id)
    board.replaceChildren(...line.stages.map((stage) => h('section', { className: 'column', style: { '--stage': stage.color } },
      h('h2', { className: 'stage' }, h('span', {}, stage.name)),
      here.filter((one) => one.stage === stage.id).map((one) => robotCard(one)),
      h('button', { className: 'button quiet block', onclick: () => add(stage, robots) }, `+ ${t.addRobot}`))))
  }

  const robotCard = (one) => h('article', { className: 'deal' },
    h('div', { className: 'row' }, h('strong', {}, one.name),
      h('button', {
        className: 'cross', ariaLabel: `${t.remove}: ${one.name}`,
        onclick: () => erase(`automation/${one.id}`).then(refresh).catch((error) => toast(error.message, true))
      }, '✕')),
    h('span', { className: 'faint' }, one.code),
    one.wait !== null && h('span', { className: 'faint' }, `${t.waits}: ${one.wait ? t.yes : t.no}`))

  async function add(stage, robots) {
    if (!robots.length) {
      toast(t.installFirst, true)
      return
    }
    const field = (label, control) => h('label', {}, label, control)
    const form = await ask(`${t.addRobot}: ${stage.name}`, [
      field(t.robot, h('select', { name: 'robot' }, robots.map((robot, index) => option(index, robot.name || robot.title)))),
      field(t.waits, h('select', { name: 'wait' }, option('', t.waitDefault), option('Y', t.yes), option('N', t.no))),
      field(t.timeout, h('input', { name: 'timeout', type: 'number', min: '0', value: '0' })),
      field(t.properties, h('textarea', { name: 'properties', rows: 3, value: '{}' }))
    ], t.add)
    if (form) await place(stage, robots[Number(form.robot)], form)
  }

  async function place(stage, robot, form) {
    let properties
    try {
      properties = JSON.parse(form.properties || '{}')
    } catch {
      toast(t.badJson, true)
      return
    }
    await send('automation', {
      category: line.id, stage: stage.id, client_id: robot.client_id, code: robot.code, properties,
      wait: form.wait === '' ? null : form.wait === 'Y', timeout: Number(form.timeout || 0), run_as: actingUser()
    }).catch((error) => toast(error.message, true))
    await refresh()
  }

  main.append(h('div', { className: 'toolbar' }, h('h1', {}, t.automation),
    h('div', { className: 'tabs' }, state.pipelines.map((one) =>
      link(`/crm/deal/automation/${one.id}/`, { className: one.id === line.id ? 'tab active' : 'tab' }, one.name)))), board)
  await refresh()
}
