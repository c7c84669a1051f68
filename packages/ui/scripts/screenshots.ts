/** Makes the pictures of docs/images from the built server and UI, with runs that are trained here. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient } from '@trackway/sdk'
import { startServer } from '../../../conformance/start-server.ts'
import { launchChromium } from '../src/test-chromium.ts'

const folder = join(import.meta.dirname, '../../../docs/images')
const startTime = Date.UTC(2026, 4, 4, 9)

interface Setting {
  readonly rate: number
  readonly momentum: number
  readonly batch: number
}

/** Numbers that look random and are the same each time, from 0 to 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Logistic regression on two clouds of points, by gradient descent with momentum: loss and accuracy of each epoch. */
function train({ rate, momentum, batch }: Setting): { loss: number; accuracy: number }[] {
  const random = seeded(7)
  const noise = (): number => random() + random() + random() - 1.5
  const points = Array.from({ length: 400 }, (_, index) => {
    const label = index % 2
    return { label, x: [1, noise() * 1.6 + label, noise() * 1.6 - label] as const }
  })
  const weights = [0, 0, 0]
  const speed = [0, 0, 0]
  const guess = (x: readonly number[]): number =>
    1 / (1 + Math.exp(-x.reduce((sum, v, i) => sum + v * (weights[i] ?? 0), 0)))
  return Array.from({ length: 30 }, () => {
    for (let start = 0; start < points.length; start += batch) {
      const part = points.slice(start, start + batch)
      for (const axis of [0, 1, 2]) {
        const slope = part.reduce((sum, { x, label }) => sum + (guess(x) - label) * (x[axis] ?? 0), 0) / part.length
        speed[axis] = momentum * (speed[axis] ?? 0) - rate * slope
      }
      for (const axis of [0, 1, 2]) weights[axis] = (weights[axis] ?? 0) + (speed[axis] ?? 0)
    }
    const guesses = points.map(({ x, label }) => (label === 1 ? guess(x) : 1 - guess(x)))
    const loss = -guesses.reduce((sum, right) => sum + Math.log(Math.max(right, 1e-12)), 0) / points.length
    return { loss, accuracy: guesses.filter((right) => right > 0.5).length / points.length }
  })
}

async function logRuns(client: Client): Promise<{ experimentId: string; runId: string }> {
  for (const name of ['churn-forecast', 'image-captions', 'fraud-detection']) await client.createExperiment({ name })
  const { experiment_id: experimentId } = await client.createExperiment({ name: 'two-clouds' })
  let runId = ''
  let index = 0
  for (const rate of [0.003, 0.01, 0.03, 0.1]) {
    for (const momentum of [0, 0.5, 0.9]) {
      for (const batch of [16, 64]) {
        const begun = startTime + index * 420_000
        const { run } = await client.createRun({
          experiment_id: experimentId,
          run_name: `sgd-${rate}-${batch}${momentum > 0 ? `-m${momentum}` : ''}`,
          start_time: begun,
          user_id: 'ada',
        })
        runId = run.info.run_id
        const epochs = train({ rate, momentum, batch })
        const metrics = epochs.flatMap(({ loss, accuracy }, step) =>
          Object.entries({ loss, accuracy }).map(([key, value]) => ({
            key,
            value,
            step,
            timestamp: begun + step * 4000,
          })),
        )
        const params = Object.entries({ learning_rate: rate, momentum, batch_size: batch, optimizer: 'sgd' })
        await client.logBatch({
          run_id: runId,
          metrics,
          params: params.map(([key, value]) => ({ key, value: String(value) })),
          tags: [{ key: 'team', value: 'research' }],
        })
        const status = index % 11 === 9 ? 'FAILED' : 'FINISHED'
        if (index < 23) await client.updateRun({ run_id: runId, status, end_time: begun + 120_000 + index * 1500 })
        index += 1
      }
    }
  }
  return { experimentId, runId }
}

await using server = await startServer()
const { experimentId, runId } = await logRuns(createClient({ baseUrl: server.url }))
const browser = await launchChromium()
try {
  mkdirSync(folder, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 810 }, colorScheme })
    // Readers see the address that they will have.
    await page.route('http://127.0.0.1:5000/**', (route) =>
      route
        .fetch({ url: route.request().url().replace('http://127.0.0.1:5000', server.url) })
        .then((response) => route.fulfill({ response })),
    )
    await page.goto(`http://127.0.0.1:5000/#/experiments/${experimentId}/runs/${runId}`)
    await page.getByRole('complementary').getByRole('table', { name: 'Metrics' }).waitFor()
    await page.waitForLoadState('networkidle')
    await page.screenshot({ path: join(folder, `runs-${colorScheme}.png`) })
    await page.close()
  }
} finally {
  await browser.close()
}
