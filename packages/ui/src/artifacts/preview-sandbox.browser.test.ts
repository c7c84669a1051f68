import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'

import { openPage, startTestServer } from '../test-server.ts'
import type { TestServer } from '../test-server.ts'

const plot = `<!doctype html><title>plot</title><p>still</p><script>
  const said = document.querySelector('p')
  const attempt = (what) => { try { return String(what()) } catch (error) { return error.name } }
  said.textContent = ['ran', attempt(() => parent.document.title), attempt(() => localStorage.length),
    attempt(() => new Function('return 6 * 7')())].join(' ')
  fetch('/api/2.0/mlflow/experiments/get?experiment_id=0').then(
    () => { said.textContent += ' reached' },
    () => { said.textContent += ' unreachable' },
  )
</script>`
const picture =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><script>document.documentElement.id = "ran"</script></svg>'

describe('the preview of an artifact', () => {
  let server: TestServer
  let run: string

  beforeAll(async () => {
    server = await startTestServer()
    const made = await server.client.createRun({ experiment_id: '0', start_time: 1 })
    run = made.run?.info.run_id ?? ''
    await server.client.uploadArtifact({ run_id: run, path: 'plot.html' }, plot)
    await server.client.uploadArtifact({ run_id: run, path: 'picture.svg' }, picture)
    await server.client.uploadArtifact({ run_id: run, path: 'sound.wav' }, silence())
  })

  const address = (file: string, more = ''): string =>
    `${server.url}/api/trackway/v1/artifacts/preview?run_id=${run}&path=${file}${more}`

  /** Shows an address in a frame of our own page, as the page does. */
  async function framed(source: string): Promise<{ page: Page; text: () => Promise<string | null> }> {
    const page = await openPage(server.url)
    await page.evaluate((src) => {
      const frame = document.createElement('iframe')
      frame.src = src
      document.body.replaceChildren(frame)
    }, source)
    return { page, text: () => page.frameLocator('iframe').locator('p').textContent() }
  }

  test('runs no script of an HTML file', async () => {
    const { text } = await framed(address('plot.html'))
    expect(await text()).toBe('still')
  })

  test('runs scripts where they are allowed, without our page, our storage and the network', async () => {
    const { text } = await framed(address('plot.html', '&scripts=allow'))
    await expect.poll(text).toBe('ran SecurityError SecurityError 42 unreachable')
  })

  test('runs no script of an SVG file that is opened by its address', async () => {
    const page = await openPage(address('picture.svg'))
    expect(await page.evaluate(() => [document.documentElement.tagName, document.documentElement.id])).toEqual([
      'svg',
      '',
    ])
  })

  test('is an image and a sound of our page', async () => {
    const page = await openPage(server.url)
    const sizes = await page.evaluate(
      async ([image = '', sound = '']) => {
        const shown = new Image()
        const loaded = new Promise((done) => shown.addEventListener('load', done))
        shown.src = image
        const heard = new Audio()
        const playable = new Promise((done) => heard.addEventListener('canplay', done))
        heard.src = sound
        await Promise.all([loaded, playable])
        return [shown.naturalWidth, heard.duration]
      },
      [address('picture.svg'), address('sound.wav')],
    )
    expect(sizes).toEqual([40, 1])
  })
})

/** One second of it, as a WAV file. */
function silence(): Uint8Array<ArrayBuffer> {
  const samples = 8000
  const bytes = new Uint8Array(44 + samples).fill(128, 44)
  const view = new DataView(bytes.buffer)
  for (const [at, text] of [
    [0, 'RIFF'],
    [8, 'WAVEfmt '],
    [36, 'data'],
  ] as const) {
    bytes.set(new TextEncoder().encode(text), at)
  }
  for (const [at, size] of [
    [4, 36 + samples],
    [16, 16],
    [24, samples],
    [28, samples],
    [40, samples],
  ] as const) {
    view.setUint32(at, size, true)
  }
  for (const [at, count] of [
    [20, 1],
    [22, 1],
    [32, 1],
    [34, 8],
  ] as const) {
    view.setUint16(at, count, true)
  }
  return bytes
}
