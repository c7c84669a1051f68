import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { createClient } from '@trackway/sdk'
import type { Client } from '@trackway/sdk'
import { parquetReadObjects } from 'hyparquet'
import papaparse from 'papaparse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createApp } from '../../app.ts'
import { parseServerConfig } from '../../config.ts'
import { UsageError } from '../../flags.ts'
import type { Command } from '../command.ts'
import { TestTerminal } from '../terminal/test-terminal.ts'
import { runs } from './runs.ts'

describe('trackway runs', () => {
  let folder: string
  let app: Awaited<ReturnType<typeof createApp>>
  let url: string
  let client: Client
  let experiment: string
  let first: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trackway-export-'))
    app = await createApp(parseServerConfig(['--port', '0', '--log-level', 'silent'], {}, folder))
    url = (await app.listen()).url
    client = createClient({ baseUrl: url, retries: 0 })
    experiment = (await client.createExperiment({ name: 'churn' })).experiment_id
    const log = async (run_name: string, start_time: number, loss: number[]): Promise<string> => {
      const { run } = await client.createRun({ experiment_id: experiment, run_name, start_time })
      const run_id = run?.info.run_id ?? ''
      const metrics = loss.map((value, step) => ({ key: 'loss', value, step, timestamp: 1000 + step }))
      await client.logBatch({ run_id, metrics, params: [{ key: 'lr', value: `0.${start_time}` }] })
      return run_id
    }
    first = await log('first', 1, [3, 1, 2])
    await log('second', 2, [0.5])
  })
  afterAll(async () => {
    await app.close()
    rmSync(folder, { recursive: true })
  })

  async function run(argv: readonly string[], terminal = new TestTerminal(), at = url) {
    const [name, ...rest] = argv
    const command = runs.commands.find((each) => each.name === name) as Command
    terminal.env['MLFLOW_TRACKING_URI'] = at
    try {
      return { status: await command.run(rest, terminal), terminal }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      terminal.warn(error.message)
      return { status: 2, terminal }
    }
  }

  const rows = (text: string) =>
    papaparse.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data

  it('export writes CSV to the output, of an experiment by name or id', async () => {
    for (const named of ['churn', experiment]) {
      const { status, terminal } = await run(['export', '--experiment', named, '--order-by', 'min(metrics.loss) DESC'])
      expect([status, terminal.warnings]).toEqual([0, []])
      expect(rows(terminal.output).map((row) => [row['run_name'], row['metrics.loss'], row['params.lr']])).toEqual([
        ['first', '2', '0.1'],
        ['second', '0.5', '0.2'],
      ])
    }
  })

  it('export takes the format from the file’s name, and the columns and runs asked for', async () => {
    const file = join(folder, 'runs.parquet')
    const asked = ['--run', first, '--column', 'max(metrics.loss)', '--column', 'user_id']
    const { status, terminal } = await run(['export', ...asked, '--output', file])
    const bytes = readFileSync(file)
    expect([status, terminal.warnings]).toEqual([0, []])
    expect(terminal.output).toBe(`Wrote ${file}: ${bytes.length} bytes.\n`)
    expect(await parquetReadObjects({ file: Uint8Array.from(bytes).buffer })).toEqual([
      expect.objectContaining({ run_id: first, 'max(metrics.loss)': 3, user_id: '' }),
    ])
    const json = join(folder, 'best.JSON')
    await run(['export', '-e', 'churn', '--filter', 'metrics.loss < 1', '-o', json])
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject([{ run_name: 'second', 'metrics.loss': 0.5 }])
  })

  it('export-metrics writes every point', async () => {
    const { terminal } = await run(['export-metrics', '-e', 'churn', '--key', 'loss', '--filter', "params.lr = '0.1'"])
    expect(rows(terminal.output).map(({ run_name, step, value }) => [run_name, step, value])).toEqual([
      ['first', '0', '3'],
      ['first', '1', '1'],
      ['first', '2', '2'],
    ])
  })

  it.each([
    [['export'], 2, /--experiment or --run/],
    [['export', '-e', 'churn', '--format', 'xlsx'], 2, /csv, json, parquet|csv, json or parquet/],
    [['export', '-e', 'none'], 1, /none/],
    [['export', '-e', 'churn', '--filter', 'x ='], 1, /Invalid/],
    [['export', '-e', 'churn', '-o', '/none/such/file.csv'], 1, /cannot be written/],
  ])('%j is refused', async (argv, status, message) => {
    const { status: exit, terminal } = await run(argv)
    expect([exit, terminal.output]).toEqual([status, ''])
    expect(terminal.warnings.join('\n')).toMatch(message)
  })

  it('writes no Parquet to a screen', async () => {
    const { status, terminal } = await run(['export', '-e', 'churn', '--format', 'parquet'], new TestTerminal(80))
    expect([status, terminal.output, terminal.warnings]).toEqual([2, '', [expect.stringContaining('--output')]])
  })

  it('leaves no file where the server breaks off, and shows how much has come', async () => {
    const breaking = createServer((request, reply) => {
      if (request.url?.includes('get-by-name')) {
        reply.setHeader('content-type', 'application/json').end('{"experiment":{"experiment_id":"1","name":"x"}}')
        return
      }
      reply.writeHead(200, { 'content-type': 'text/csv' })
      void (async () => {
        for (let part = 0; part < 7; part++) {
          reply.write('x'.repeat(100_000))
          await sleep(250)
        }
        reply.destroy()
      })()
    }).listen(0)
    const port = (breaking.address() as AddressInfo).port
    const file = join(folder, 'broken.csv')
    const { status, terminal } = await run(
      ['export', '-e', 'x', '-o', file],
      new TestTerminal(),
      `http://127.0.0.1:${port}`,
    )
    breaking.close()
    expect([status, terminal.warnings]).toEqual([1, ['trackway: What the server sent broke off before its end.']])
    expect(existsSync(file)).toBe(false)
    expect(readdirSync(folder).filter((name) => name.includes('broken'))).toEqual([])
    expect(terminal.shown[0]).toMatch(/^\d+\.\d kB …$/)
    expect(terminal.shown.at(-1)).toBe('')
  })
})
