import { beforeAll, describe, expect, it } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from '../../test-server.ts'

const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const hostile = '<img src=x onerror="document.title=1">'
const logged = (step: number): string => `images/mask~val+step+${step}+timestamp+17000000000${step}0+${step}-uuid`

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
  const { client } = server
  const upload = async (run_id: string, path: string, content: Uint8Array | string = pixel): Promise<void> => {
    await client.uploadArtifact({ run_id, path }, content as string)
  }
  const create = async (run_name: string, place: number): Promise<string> =>
    (await client.createRun({ experiment_id: '0', run_name, start_time: 1000 + place })).run.info.run_id
  const plain = await create('plain', 0)
  await upload(plain, 'plots/roc.png')
  const two = await create(hostile, 1)
  for (const step of [1, 2]) await upload(two, `${logged(step)}.png`)
  const three = await create('three', 2)
  for (const step of [1, 2, 3]) {
    await upload(three, `${logged(step)}.png`)
    await upload(three, `${logged(step)}+compressed.webp`)
  }
  await upload(
    three,
    'evil.svg',
    '<svg xmlns="http://www.w3.org/2000/svg"><script>parent.document.title = 1</script></svg>',
  )
  const old = await create('file', 3)
  await upload(old, 'config.json', '{"lr": 1,\n"b": 2}')
  await upload(three, 'config.json', '{\n  "lr": 2,\n  "b": 2\n}')
  for (let place = 4; place < 40; place++) await create(`empty ${place}`, place)
}, 120_000)

function address(lens: string, search: Readonly<Record<string, unknown>> = {}): string {
  const query = new URLSearchParams(
    Object.entries({ lens, ...search }).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
  return `${server.url}/experiments/0/runs?${query}`
}

/** The four runs with files, the newest first. */
const withFiles = { q: 'attributes.start_time < 1004', order: 'attributes.start_time DESC' }

describe('ImagesLens', () => {
  it('shows series at one step of all runs, and each run’s last one before it', async () => {
    const page = await openPage(address('images', withFiles))
    await page.getByRole('rowheader', { name: 'mask/val' }).waitFor()
    await page.getByRole('button', { name: 'mask/val of three, step 3' }).waitFor()
    await page.getByRole('button', { name: `mask/val of ${hostile}, step 2` }).waitFor()
    await page.getByRole('button', { name: 'Step before' }).click()
    await page.getByRole('button', { name: 'Step before' }).click()
    await page.getByRole('button', { name: 'mask/val of three, step 1' }).waitFor()
    expect(decodeURIComponent(page.url())).toContain('"step":1')
    expect(
      await page.getByRole('button', { name: 'mask/val of three, step 1' }).locator('img').getAttribute('src'),
    ).toContain('compressed.webp')
    expect(await page.title()).not.toBe('1')
  })

  it('opens a picture and goes to other runs and steps by arrow keys, at the same zoom', async () => {
    const page = await openPage(address('images', withFiles))
    await page.getByRole('button', { name: 'mask/val of three, step 3' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'mask/val' })
    await dialog.getByText('step 3 · run 1 of 2').waitFor()
    await page.keyboard.press('+')
    await page.keyboard.press('ArrowRight')
    await dialog.getByText('step 2 · run 2 of 2').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await dialog.getByText('step 1 · run 2 of 2').waitFor()
    await page.keyboard.press('ArrowLeft')
    await dialog.getByText('step 1 · run 1 of 2').waitFor()
    await dialog.getByText('200 %').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'mask/val of three, step 1' }).waitFor()
    expect(await dialog.count()).toBe(0)
  })

  it('lists the files of the runs in view alone', async () => {
    const listed = new Set<string>()
    const page = await openPage('about:blank')
    page.on('request', (request) => {
      const run = /artifacts\/list.*run_id=([0-9a-f]{32})/.exec(request.url())?.[1]
      if (run !== undefined) listed.add(run)
    })
    await page.goto(address('images', { n: 40 }))
    await page.getByText(/of the first \d+ of 40 runs/).waitFor()
    await page.waitForLoadState('networkidle').catch(() => undefined)
    expect(listed.size).toBeGreaterThan(2)
    expect(listed.size).toBeLessThan(15)
  })

  it('says how to log pictures where there are none, and tells a failure in place', async () => {
    const page = await openPage(address('images', { q: "attributes.run_name = 'empty 4'" }))
    await page.getByRole('heading', { name: 'These runs logged no pictures' }).waitFor()
    await page.route('**/artifacts/list*', (route) => route.abort())
    await page.goto(address('images', withFiles))
    await page.getByText('Some files could not be listed.').waitFor({ timeout: 20_000 })
    await page.unroute('**/artifacts/list*')
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('rowheader', { name: 'mask/val' }).waitFor()
    expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0)
  })

  it.each(['light', 'dark'] as const)('breaks no rule of WCAG in the %s theme', async (theme) => {
    const page = await openPage(address('images', withFiles), { theme })
    await page.getByRole('button', { name: 'mask/val of three, step 3' }).waitFor()
    expect(await brokenRules(page)).toEqual([])
    await page.getByRole('button', { name: 'mask/val of three, step 3' }).click()
    await page.getByRole('dialog').waitFor()
    expect(await brokenRules(page)).toEqual([])
  })
})

describe('ArtifactsLens', () => {
  const files = { ...withFiles, q: "attributes.run_name IN ('three', 'file')" }

  it('shows a file of several runs side by side, or what differs', async () => {
    const page = await openPage(address('artifacts', files))
    await page.getByRole('navigation', { name: 'Files' }).getByRole('button', { name: 'config.json' }).click()
    for (const name of ['three', 'file'])
      await page.getByRole('region', { name, exact: true }).getByText('lr').first().waitFor()
    await page.getByRole('button', { name: 'Difference' }).click()
    await page.getByText('1 line added, 1 removed.').waitFor()
    const table = page.getByRole('region', { name: 'Difference of config.json' })
    const changed = await table.locator('[data-kind=added], [data-kind=removed]').allInnerTexts()
    expect(changed.map((text) => text.replaceAll(/\s+/g, ' ').trim())).toEqual(['2 − "lr": 1,', '2 + "lr": 2,'])
    await page.reload()
    await page.getByText('1 line added, 1 removed.').waitFor()
  })

  it.each(['light', 'dark'] as const)('breaks no rule of WCAG in the %s theme', async (theme) => {
    const page = await openPage(address('artifacts', { ...files, compare: { file: 'config.json' } }), { theme })
    await page.getByRole('region', { name: 'three', exact: true }).getByText('lr').first().waitFor()
    expect(await brokenRules(page)).toEqual([])
    await page.getByRole('button', { name: 'Difference' }).click()
    await page.getByText('1 line added, 1 removed.').waitFor()
    expect(await brokenRules(page)).toEqual([])
  })
})
