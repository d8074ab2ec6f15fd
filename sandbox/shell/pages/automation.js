/** Which robots stand on which stage; puts one there, sets it, or takes it away. */
import { ask, h, link, option, toast } from '/dom.js'
import { actingUser, bindingsOf, erase, pipeline, portal, read } from '/portal.js'
import { openSettings } from '/settings.js'
import { openAppSlider } from '/slider.js'

export async function automationPage(main, category) {
  const { t, state } = portal
  const line = pipeline(category)
  const board = h('div', { className: 'board' })
  let robots = []

  async function refresh() {
    const found = await read('automation')
    robots = found.robots
    const here = found.placed.filter((one) => one.category === line.id)
    board.replaceChildren(...line.stages.map((stage) => h('section', { className: 'column', ariaLabel: stage.name, style: { '--stage': stage.color } },
      h('h2', { className: 'stage' }, h('span', {}, stage.name)),
      here.filter((one) => one.stage === stage.id).map(robotCard),
      h('button', { className: 'button quiet block', onclick: () => add(stage) }, `+ ${t.addRobot}`))))
  }

  const robotOf = (one) => robots.find((robot) => robot.client_id === one.client_id && robot.code === one.code)

  function robotCard(one) {
    const robot = robotOf(one)
    const settings = () => openSettings(robot, one).then(refresh)
    return h('article', { className: robot ? 'deal robot' : 'deal robot gone' },
      h('div', { className: 'row' }, h('strong', {}, one.name),
        h('button', {
          className: 'cross', ariaLabel: `${t.remove}: ${one.name}`,
          onclick: () => erase(`automation/${one.id}`).then(refresh).catch((error) => toast(error.message, true))
        }, '✕')),
      h('span', { className: 'faint' }, robot ? one.code : t.gone),
      robot && h('button', { className: 'button quiet', ariaLabel: `${t.settings}: ${one.name}`, onclick: settings }, t.settings))
  }

  async function add(stage) {
    const form = await ask(`${t.addRobot}: ${stage.name}`, [
      h('label', {}, t.robot, h('select', { name: 'robot' }, robots.map((robot, index) => option(index, robot.title))))
    ], t.add)
    if (!form) return
    const placed = { category: line.id, stage: stage.id, properties: {}, wait: null, timeout: 0, run_as: actingUser() }
    await openSettings(robots[Number(form.robot)], placed)
    await refresh()
  }

  const placement = 'CRM_DEAL_ROBOT_DESIGNER_TOOLBAR'
  const buttons = bindingsOf(placement).map((binding) => h('button', {
    className: 'button quiet',
    onclick: () => openAppSlider({ client_id: binding.client_id, placement, binding_id: binding.id, uri: location.pathname }, binding.title)
  }, binding.title))
  main.append(h('div', { className: 'toolbar' }, h('h1', {}, t.automation),
    h('div', { className: 'tabs' }, state.pipelines.map((one) =>
      link(`/crm/deal/automation/${one.id}/`, { className: one.id === line.id ? 'tab active' : 'tab' }, one.name))), buttons), board)
  await refresh()
}
