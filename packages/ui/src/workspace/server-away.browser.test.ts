import { beforeAll, describe, expect, it } from 'vitest'
import { openPage, startTestServer, type TestServer } from '../test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
  for (let index = 0; index < 5; index++) {
    const { run } = await server.client.createRun({ experiment_id: '0', run_name: `run-${index}`, start_time: index })
    await server.client.logMetric({ run_id: run.info.run_id, key: 'loss', value: index, timestamp: 1, step: 0 })
    await server.client.updateRun({ run_id: run.info.run_id, status: 'FINISHED', end_time: 1000 })
  }
}, 60_000)

describe('WorkspaceView, when the server goes away', () => {
  it('says what cannot be had, and follows again when the server is back', async () => {
    const page = await openPage(`${server.url}/experiments/0/runs?lens=table`)
    await page.getByText('5 runs', { exact: true }).waitFor()
    await server.restart(async () => {
      expect(await page.getByRole('link', { name: 'run-4', exact: true }).isVisible()).toBe(true)
      await page.getByTitle(/loss: sort/).click()
      await page.getByRole('alert').getByText('The runs could not be loaded.').waitFor({ timeout: 30_000 })
    })
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('row', { name: /run-4/ }).waitFor()
    await server.client.createRun({ experiment_id: '0', run_name: 'after the break', start_time: 9 })
    await page.getByText('6 runs · 1 running').waitFor({ timeout: 20_000 })
  }, 90_000)
})
