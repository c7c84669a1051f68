import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createClient } from '@trackway/sdk'
import type { Client, Run } from '@trackway/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createApp } from '../../app.ts'
import { parseServerConfig } from '../../config.ts'
import { TestTerminal } from '../terminal/test-terminal.ts'
import { demo } from './demo.ts'

interface TestServer {
  readonly url: string
  readonly client: Client
  close(): Promise<void>
}

async function startServer(): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'trackway-demo-'))
  const app = await createApp(parseServerConfig(['--port', '0', '--log-level', 'silent'], {}, folder))
  const { url } = await app.listen()
  return {
    url,
    client: createClient({ baseUrl: url }),
    close: async () => {
      await app.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function trackwayDemo(url: string, ...argv: string[]): Promise<{ status: number; terminal: TestTerminal }> {
  const terminal = new TestTerminal()
  terminal.env['MLFLOW_TRACKING_URI'] = url
  return { status: await demo.run(argv, terminal), terminal }
}

async function runsOf(client: Client, name: string): Promise<Run[]> {
  const { experiment } = await client.getExperimentByName({ experiment_name: name })
  const { runs = [] } = await client.searchRuns({ experiment_ids: [experiment.experiment_id], max_results: 1000 })
  return runs
}

const valueOf = (pairs: readonly { key: string; value: string }[] | undefined, key: string): string | undefined =>
  pairs?.find((each) => each.key === key)?.value

describe('demo on an empty server', () => {
  let server: TestServer
  let filled: Awaited<ReturnType<typeof trackwayDemo>>

  beforeAll(async () => {
    server = await startServer()
    filled = await trackwayDemo(server.url, '-o', 'json')
  })
  afterAll(async () => server.close())

  it('tells what it made, and its progress apart from that', () => {
    const reply = JSON.parse(filled.terminal.output) as { experiments: { name: string; runs: number }[] }
    expect(filled.status).toBe(0)
    expect(reply).toMatchObject({ created: true, model_versions: 19 })
    expect(Object.fromEntries(reply.experiments.map(({ name, runs }) => [name, runs]))).toEqual({
      scratch: 5,
      'nlp/translation': 0,
      'vision/old-backbones': 4,
      'forecast/demand': 40,
      'nlp/sentiment': 54,
      'vision/segmentation': 20,
      'vision/image-classification': 60,
    })
    expect(filled.terminal.warnings).toContain('vision/image-classification: 60 runs')
  })

  it('makes a sweep in which runs finished, failed, were killed, diverged and go on', async () => {
    const runs = await runsOf(server.client, 'vision/image-classification')
    expect(
      Object.entries(Object.groupBy(runs, ({ info }) => info.status)).map(([key, group]) => [key, group.length]),
    ).toEqual(
      expect.arrayContaining([
        ['RUNNING', 1],
        ['FINISHED', 57],
        ['KILLED', 1],
        ['FAILED', 1],
      ]),
    )
    const final = (run: Run): number => run.data.metrics?.find(({ key }) => key === 'val/loss')?.value ?? 0
    expect(runs.filter((run) => Number.isNaN(final(run)))).toHaveLength(1)
    const newest = runs.find(({ info }) => info.status === 'RUNNING')
    const { metrics: points = [] } = await server.client.getMetricHistory({
      run_id: newest?.info.run_id ?? '',
      metric_key: 'val/acc',
    })
    expect(points).toHaveLength(17)
    expect(Date.now() - Number(points.at(-1)?.timestamp)).toBeLessThan(60_000)
    expect(valueOf(newest?.data.tags, 'mlflow.source.git.commit')).toMatch(/^[\da-f]{40}$/)
    expect(newest?.inputs.dataset_inputs?.map(({ tags }) => valueOf(tags, 'mlflow.data.context'))).toEqual([
      'training',
      'validation',
    ])
  })

  it('logs files that are what their names say', async () => {
    const runs = await runsOf(server.client, 'vision/image-classification')
    const run = runs.find(({ info }) => info.run_name.endsWith('-44'))?.info.run_id ?? ''
    const begins = async (path: string): Promise<string> => {
      const reply = await server.client.getArtifact({ run_id: run, path })
      return Buffer.from(await reply.arrayBuffer())
        .subarray(0, 4)
        .toString('latin1')
    }
    expect(await begins('images/step_0029.png')).toBe('\x89PNG')
    expect(await begins('evaluation/predictions.parquet')).toBe('PAR1')
    expect(await begins('evaluation/summary.pdf')).toBe('%PDF')
    expect(await begins('sounds/training-done.wav')).toBe('RIFF')
    const notebook = await server.client.getArtifact({ run_id: run, path: 'notebooks/error-analysis.ipynb' })
    expect(await notebook.json()).toMatchObject({ nbformat: 4 })
  })

  it('nests sweeps three deep', async () => {
    const runs = await runsOf(server.client, 'nlp/sentiment')
    const parentOf = (run: Run | undefined): Run | undefined => {
      const id = valueOf(run?.data.tags, 'mlflow.parentRunId')
      return runs.find(({ info }) => info.run_id === id)
    }
    const depths = runs.map((run) => {
      let depth = 1
      for (let above = parentOf(run); above !== undefined; above = parentOf(above)) depth += 1
      return depth
    })
    expect([1, 2, 3].map((depth) => depths.filter((each) => each === depth).length)).toEqual([6, 12, 36])
  })

  it('registers models from runs and logged models, in every stage and with their history', async () => {
    const { client } = server
    const versions = (await client.searchModelVersions({})).model_versions ?? []
    const stages = Object.groupBy(versions, ({ current_stage: stage }) => stage)
    expect(Object.keys(stages).toSorted()).toEqual(['Archived', 'None', 'Production', 'Staging'])
    expect(new Set(versions.map(({ name }) => name)).size).toBe(5)

    const ref = { name: 'product-image-classifier', version: '5' }
    expect((await client.listTransitionRequests(ref)).requests).toMatchObject([
      { to_stage: 'Production', user_id: 'ines' },
    ])
    const { activities = [] } = await client.listModelVersionActivities({ ...ref, version: '3' })
    expect(activities.map(({ activity_type: type, user_id: user }) => `${type} ${user}`)).toContain(
      'REJECTED_REQUEST mei',
    )
    const { model_version: champion } = await client.getModelVersionByAlias({ name: ref.name, alias: 'champion' })
    expect(champion).toMatchObject({ version: '4', current_stage: 'Production' })
    const lineage = await client.getModelVersionLineage({ name: ref.name, version: champion.version })
    expect(lineage).toMatchObject({
      run: { experiment_name: 'vision/image-classification' },
      logged_model: { name: 'classifier' },
    })

    const mlmodel = await client.getModelVersionArtifact({ name: 'demand-forecast', version: '3', path: 'MLmodel' })
    expect(await mlmodel.text()).toContain('loader_module: mlflow.xgboost')
    expect((await client.listWebhooks({ all_events: true })).webhooks).toMatchObject([{ status: 'DISABLED' }])
  })

  it('says what exists when it is called again, and makes nothing', async () => {
    const { status, terminal } = await trackwayDemo(server.url)
    expect(status).toBe(0)
    expect(terminal.output).toMatch(/^The demo is here already: 7 experiments .* and 5 registered models\.\n$/)
    expect(await runsOf(server.client, 'vision/segmentation')).toHaveLength(20)
  })

  it('goes away by --remove, without what others made, and can come again with the same numbers', async () => {
    const { client, url } = server
    const accuracies = async (): Promise<unknown[]> => {
      const runs = await runsOf(client, 'vision/segmentation')
      return runs
        .map(({ data }) => data.metrics?.find(({ key }) => key === 'val/iou')?.value ?? 0)
        .toSorted((a, b) => a - b)
    }
    const before = await accuracies()
    await client.createExperiment({ name: 'mine' })
    await client.createRegisteredModel({ name: 'my-model' })

    const removed = await trackwayDemo(url, '--remove', '--yes')
    expect(removed.terminal.output).toBe('Removed the demo.\n')
    const { experiments = [] } = await client.searchExperiments({ max_results: 100 })
    expect(experiments.map(({ name }) => name)).toEqual(['mine', 'Default'])
    const { registered_models: models = [] } = await client.searchRegisteredModels({})
    expect(models.map(({ name }) => name)).toEqual(['my-model'])
    expect((await client.listWebhooks({ all_events: true })).webhooks ?? []).toEqual([])
    expect((await trackwayDemo(url, '--remove')).terminal.output).toBe('There is no demo here.\n')

    expect((await trackwayDemo(url)).status).toBe(0)
    expect(await accuracies()).toEqual(before)
  }, 60_000)
})

describe('demo on a server with work of others', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(async () => server.close())

  it('refuses, and changes nothing, where a name is taken', async () => {
    const { client, url } = server
    await client.createExperiment({ name: 'nlp/sentiment' })
    const { status, terminal } = await trackwayDemo(url)
    expect(status).toBe(1)
    expect(terminal.warnings.join('\n')).toMatch(
      /^trackway: Experiments of these names are there already.*: nlp\/sentiment\./,
    )
    expect((await client.searchExperiments({ max_results: 100 })).experiments).toHaveLength(2)
  })

  it('asks for a removal first where an earlier one did not come to its end', async () => {
    const { client, url } = server
    await client.createExperiment({ name: 'scratch', tags: [{ key: 'trackway.demo', value: 'begun' }] })
    const { status, terminal } = await trackwayDemo(url)
    expect(status).toBe(1)
    expect(terminal.warnings.join('\n')).toContain('trackway demo --remove')
  })
})

it('demo tells to start a server where there is none', async () => {
  const { status, terminal } = await trackwayDemo('http://127.0.0.1:9')
  expect(status).toBe(1)
  expect(terminal.warnings.at(-1)).toContain('Start a server by `trackway server`')
}, 30_000)
