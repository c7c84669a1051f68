import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp, type TrackwayApp } from '../../server/src/app.ts'
import { parseServerConfig } from '../../server/src/config.ts'
import { type Client, createClient } from './client.ts'
import { paginate } from './paginate.ts'

describe('createClient against the real server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trackway-sdk-'))
  let app: TrackwayApp
  let client: Client
  let experimentId: string

  beforeAll(async () => {
    const data = [
      '--backend-store-uri',
      `sqlite:///${folder}/t.db`,
      '--artifacts-destination',
      join(folder, 'artifacts'),
    ]
    app = await createApp(parseServerConfig(['--port', '0', ...data], {}, folder))
    client = createClient({ baseUrl: (await app.listen()).url })
    experimentId = (await client.createExperiment({ name: 'from the SDK' })).experiment_id
  }, 30_000)

  afterAll(async () => {
    await app?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('reads back what it logged, int64, NaN and infinity exact', async () => {
    const { run } = await client.createRun({ experiment_id: experimentId, run_name: 'exact' })
    const metrics = [
      { key: 'huge', value: Infinity, timestamp: 5, step: 9007199254740993n },
      { key: 'none', value: NaN, timestamp: 9007199254740993n, step: 1 },
    ]
    await client.logBatch({ run_id: run.info.run_id, metrics, params: [{ key: 'a', value: '' }] })
    const { data } = (await client.getRun({ run_id: run.info.run_id })).run
    expect(data.metrics?.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toMatchObject(metrics)
    expect(data.params).toEqual([{ key: 'a', value: '' }])
  })

  it('gives every run once over small pages', async () => {
    const { experiment_id: id } = await client.createExperiment({ name: 'pages' })
    for (const name of ['a', 'b', 'c', 'd', 'e']) await client.createRun({ experiment_id: id, run_name: name })
    const names: string[] = []
    const request = { experiment_ids: [id], max_results: 2, order_by: ['attributes.run_name ASC'] }
    for await (const { info } of paginate(client, 'searchRuns', request)) names.push(info.run_name)
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('uploads, lists, downloads and deletes a file', async () => {
    const path = `${experimentId}/a folder/file ?1é.txt`
    await client.uploadProxiedArtifact({ artifact_path: path }, new Blob(['some ', 'bytes']).stream())
    const listed = await client.listProxiedArtifacts({ path: `${experimentId}/a folder` })
    expect(listed.files).toEqual([{ path: 'file ?1é.txt', is_dir: false, file_size: 10 }])
    expect(await (await client.downloadProxiedArtifact({ artifact_path: path })).text()).toBe('some bytes')
    await client.deleteProxiedArtifact({ artifact_path: path })
    expect((await client.listProxiedArtifacts({ path: `${experimentId}/a folder` })).files ?? []).toEqual([])
  })

  it('throws what the server refuses', async () => {
    await expect(client.getRun({ run_id: 'nope' })).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    await expect(client.createExperiment({ name: 'from the SDK' })).rejects.toMatchObject({
      code: 'RESOURCE_ALREADY_EXISTS',
    })
  })
})
