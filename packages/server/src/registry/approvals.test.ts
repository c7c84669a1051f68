import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Activity } from '@trackway/api'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { createApp } from '../app.ts'
import type { TrackwayApp } from '../app.ts'
import { parseServerConfig } from '../config.ts'

describe('approvals of several people at once', () => {
  let folder: string
  let app: TrackwayApp
  let models = 0
  let name: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trackway-approvals-'))
    const data = ['--backend-store-uri', join(folder, 'a.db'), '--artifacts-destination', folder]
    app = await createApp(parseServerConfig(['--port', '0', '--log-level', 'silent', ...data], {}, folder))
  })
  afterAll(async () => {
    await app.close()
    rmSync(folder, { recursive: true })
  })

  beforeEach(async () => {
    name = `model ${++models}`
    await ask('POST', 'registered-models/create', {})
    await ask('POST', 'model-versions/create', { source: 's3://bucket/model' })
    const approvals = [{ to_stage: 'production' }]
    const settings = await ask('PATCH', '/api/trackway/v1/registered-models/settings', { approvals })
    expect(settings.status).toBe(200)
    expect((await ask('POST', 'transition-requests/create', production, 'ann')).status).toBe(200)
  })

  const production = { version: '1', stage: 'Production' }
  const approval = { ...production, archive_existing_versions: true }

  interface Reply {
    readonly status: number
    readonly body: Readonly<Record<string, unknown>>
  }

  async function ask(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: object, user = ''): Promise<Reply> {
    const reply = await app.http.inject({
      method,
      url: path.startsWith('/') ? path : `/api/2.0/mlflow/${path}`,
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${user}:x`).toString('base64')}`,
      },
      payload: JSON.stringify({ name, ...body }),
    })
    return { status: reply.statusCode, body: reply.json() as Reply['body'] }
  }

  async function get(path: string, of = name): Promise<Reply> {
    const reply = await app.http.inject(`${path}?name=${encodeURIComponent(of)}&version=1`)
    return { status: reply.statusCode, body: reply.json() as Reply['body'] }
  }

  const stage = async (of = name) =>
    ((await get('/api/2.0/mlflow/model-versions/get', of)).body['model_version'] as { current_stage: string })
      .current_stage
  const decisions = async (of = name) =>
    ((await get('/api/trackway/v1/model-versions/activities', of)).body['activities'] as Activity[]).flatMap((one) =>
      one.activity_type.endsWith('_REQUEST') ? [`${one.activity_type} ${one.user_id}`] : [],
    )

  test('of many approvals exactly one wins; the others hear whose', async () => {
    const users = Array.from({ length: 20 }, (_, i) => `user${i}`)
    const replies = await Promise.all(users.map((user) => ask('POST', 'transition-requests/approve', approval, user)))
    const winners = users.filter((_, i) => replies[i]?.status === 200)
    expect(winners).toHaveLength(1)
    expect(await decisions()).toEqual([`APPROVED_REQUEST ${winners[0]}`])
    for (const { status, body } of replies) {
      if (status === 200) continue
      expect(body).toEqual({
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: expect.stringContaining(`'${winners[0]}' approved the last one at `),
      })
    }
  })

  test('of an approval and a rejection exactly one wins', async () => {
    const replies = await Promise.all([
      ask('POST', 'transition-requests/approve', approval, 'bob'),
      ask('POST', 'transition-requests/reject', production, 'cara'),
    ])
    const [approved, rejected] = replies.map(({ status }) => status === 200)
    expect(approved).toBe(!rejected)
    expect(await stage()).toBe(approved ? 'Production' : 'None')
    expect(await decisions()).toEqual([approved ? 'APPROVED_REQUEST bob' : 'REJECTED_REQUEST cara'])
  })

  test('an approval of a version that is deleted meanwhile is refused', async () => {
    const [deleted, approved] = await Promise.all([
      ask('DELETE', 'model-versions/delete', { version: '1' }),
      ask('POST', 'transition-requests/approve', approval, 'bob'),
    ])
    expect([deleted.status, approved.status]).toEqual([200, 404])
    expect(approved.body['message']).toContain(`Model Version (name=${name}, version=1) not found`)
  })

  test('an approval under the old name of a model is refused, under the new one it counts', async () => {
    const renamed = `${name} renamed`
    const [, old] = await Promise.all([
      ask('POST', 'registered-models/rename', { new_name: renamed }),
      ask('POST', 'transition-requests/approve', approval, 'bob'),
    ])
    expect(old.status).toBe(404)
    const now = await ask('POST', 'transition-requests/approve', { ...approval, name: renamed }, 'bob')
    expect(now.status).toBe(200)
    expect(await stage(renamed)).toBe('Production')
    expect(await decisions(renamed)).toEqual(['APPROVED_REQUEST bob'])
  })

  test('one who asks and approves without a name is told to give one', async () => {
    await ask('DELETE', 'transition-requests/delete', production, 'ann')
    await ask('POST', 'transition-requests/create', production)
    const { status, body } = await ask('POST', 'transition-requests/approve', approval)
    expect(status).toBe(403)
    expect(body['message']).toContain('MLFLOW_TRACKING_USERNAME')
  })

  test('a direct transition is refused with 403; archive_existing_versions may be absent, as in MLflow', async () => {
    const { status, body } = await ask('POST', 'model-versions/transition-stage', production, 'ann')
    expect([status, body['error_code']]).toEqual([403, 'PERMISSION_DENIED'])
    expect((await ask('POST', 'model-versions/transition-stage', { ...production, stage: 'staging' })).status).toBe(200)
    expect(await stage()).toBe('Staging')
  })
})
