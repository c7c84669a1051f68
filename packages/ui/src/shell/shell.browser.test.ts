import { beforeAll, describe, expect, it } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from '../test-server.ts'

let server: TestServer
let runId: string

beforeAll(async () => {
  server = await startTestServer()
  const { experiment_id: id } = await server.client.createExperiment({ name: 'vision/cats' })
  const { run } = await server.client.createRun({ experiment_id: id, run_name: 'tabby-7', start_time: 1 })
  runId = run.info.run_id
  await server.client.createRegisteredModel({ name: 'cat finder' })
}, 60_000)

describe('Shell', () => {
  it('opens the addresses that MLflow’s clients print', async () => {
    const page = await openPage(`${server.url}/#/experiments/1/runs/${runId}`)
    await page.waitForURL(`${server.url}/experiments/1/runs/${runId}`)
    await page.goto(`${server.url}/#/experiments/1`)
    await page.waitForURL(/\/experiments\/1\/runs/)
    await page.goto(`${server.url}/#/models/cat%20finder`)
    await page.waitForURL(`${server.url}/models/cat%20finder`)
  })

  it('follows an old address that is typed into an open page', async () => {
    const page = await openPage(`${server.url}/experiments`)
    await page.getByRole('heading', { name: 'Experiments' }).waitFor()
    await page.evaluate(() => {
      location.hash = '#/models'
    })
    await page.waitForURL(`${server.url}/models`)
  })

  it('works below a static prefix, also on a reload of a deep address', async () => {
    const { url } = await startTestServer({ staticPrefix: '/team/trackway' })
    const page = await openPage(`${url}/`)
    await page.getByRole('link', { name: 'Default' }).click()
    await page.waitForURL(`${url}/experiments/0/runs`)
    await page.reload()
    await page.getByRole('navigation', { name: 'Where you are' }).getByText('Default').waitFor()
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Models' }).click()
    await page.waitForURL(`${url}/models`)
  })

  it('says so where an address leads nowhere', async () => {
    const page = await openPage(`${server.url}/no/such/<b>place</b>`)
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    await page.getByRole('main').getByRole('link', { name: 'Experiments' }).click()
    await page.getByRole('heading', { name: 'Experiments' }).waitFor()
  })

  it('says so in the page’s place where a part of it cannot be loaded', async () => {
    const page = await openPage(`${server.url}/experiments`)
    await page.getByRole('heading', { name: 'Experiments' }).waitFor()
    await page.route('**/assets/trash-page-*', (route) => route.abort())
    await page.getByRole('link', { name: 'Trash' }).click()
    await page.getByRole('alert').getByText('This page could not be shown.').waitFor()
    await page.unroute('**/assets/trash-page-*')
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('heading', { name: 'Trash' }).waitFor()
  })

  it('follows the system’s theme until told otherwise, and keeps what it was told', async () => {
    const page = await openPage(`${server.url}/experiments`, { theme: 'dark' })
    const canvas = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    await page.getByRole('heading', { name: 'Experiments' }).waitFor()
    const dark = await canvas()
    await page.emulateMedia({ colorScheme: 'light' })
    const light = await canvas()
    expect(light).not.toBe(dark)
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.getByRole('menuitem', { name: 'Dark' }).click()
    expect(await canvas()).toBe(dark)
    await page.reload()
    await page.getByRole('heading', { name: 'Experiments' }).waitFor()
    expect(await canvas()).toBe(dark)
  })

  it('goes to a run, an experiment and a model by name from the palette, by keyboard', async () => {
    const page = await openPage(`${server.url}/models`)
    await page.getByRole('heading', { name: 'Models' }).waitFor()
    const go = async (text: string, option: string, url: string): Promise<void> => {
      await page.keyboard.press('ControlOrMeta+k')
      await page.getByRole('combobox', { name: 'Name of' }).waitFor()
      await page.keyboard.type(text)
      await page.getByRole('option', { name: option, selected: true }).waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL(url)
    }
    await go('TABBY', 'tabby-7', `${server.url}/experiments/1/runs/${runId}`)
    await go('cats', 'vision/cats', `${server.url}/experiments/1/runs`)
    await go('finder', 'cat finder', `${server.url}/models/cat%20finder`)
    await go('tra', 'Trash', `${server.url}/trash`)
  })

  it('finds names with quotes, percents and backslashes as they are', async () => {
    const odd = String.raw`a"b%'c\d`
    await server.client.createExperiment({ name: odd })
    const page = await openPage(`${server.url}/models`)
    await page.getByRole('heading', { name: 'Models' }).waitFor()
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('combobox', { name: 'Name of' }).fill(`"b%'c`)
    await page.getByRole('option', { name: odd }).waitFor()
  })

  it('lists the keys, and closes with Escape, giving the focus back', async () => {
    const page = await openPage(`${server.url}/experiments`)
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).focus()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Keyboard shortcuts')
  })

  it('has one event stream, and none while nobody looks', async () => {
    const page = await openPage('about:blank')
    const streams: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/events/stream')) streams.push(request.url())
    })
    await page.goto(`${server.url}/experiments`)
    await page.getByRole('heading', { name: 'Experiments' }).waitFor()
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Models' }).click()
    await page.waitForURL(`${server.url}/models`)
    await expect.poll(() => streams.length).toBe(1)
    const hide = (hidden: boolean): Promise<void> =>
      page.evaluate((isHidden) => {
        Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, hidden)
    await hide(true)
    await hide(false)
    await expect.poll(() => streams.length).toBe(2)
  })

  it.each(['light', 'dark'] as const)('breaks no rule of WCAG in its overlays in the %s theme', async (theme) => {
    const page = await openPage(`${server.url}/settings`, { theme, width: 390 })
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    expect(await brokenRules(page)).toEqual([])
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    expect(await brokenRules(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('option').first().waitFor()
    expect(await brokenRules(page)).toEqual([])
  })
})
