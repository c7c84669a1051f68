import { resolve } from 'node:path'

import type { Request } from '@trackway/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { anonymous } from '../access/caller.ts'
import { testEngines } from '../storage/sql/test-engines.ts'
import { openTracking } from '../storage/sql/test-tracking.ts'
import type { TestTracking } from '../storage/sql/test-tracking.ts'
import { checkId, createExperimentHandlers } from './experiments.ts'

describe('the handlers of experiments', () => {
  let tracking: TestTracking
  let handlers: ReturnType<typeof createExperimentHandlers>

  beforeEach(async () => {
    tracking = await openTracking(testEngines[0]!.open)
    handlers = createExperimentHandlers(tracking)
  })
  afterEach(() => tracking.close())

  interface Reply {
    experiment_id: string
    experiment: { name: string; artifact_location: string; tags: unknown[]; last_update_time: number }
    experiments: { name: string }[]
    next_page_token?: string
  }

  const call = async <K extends keyof typeof handlers>(name: K, request: Request<K>): Promise<Reply> =>
    (await handlers[name](request as never, anonymous)) as unknown as Reply

  const refused = (message: string) => ({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(message) })
  const tag = (key: string, value = '') => ({ key, value })

  test('createExperiment makes what getExperiment and getExperimentByName give', async () => {
    const begun = Date.now()
    const { experiment_id } = await call('createExperiment', { name: 'e', tags: [tag('a', '1'), tag('a', '2')] })
    const { experiment } = await call('getExperiment', { experiment_id })
    expect(experiment).toMatchObject({
      name: 'e',
      artifact_location: `mlflow-artifacts:/${experiment_id}`,
      tags: [tag('a', '2')],
    })
    expect(experiment.last_update_time).toBeGreaterThanOrEqual(begun)
    expect(await call('getExperimentByName', { experiment_name: 'e' })).toEqual({ experiment })
    expect(await call('getExperiment', { experiment_id: `0${experiment_id}` })).toEqual({ experiment })
  })

  test.each([
    ['', 'mlflow-artifacts:/1'],
    ['/data/x', '/data/x'],
    ['/what?/#now', '/what?/#now'],
    ['relative/p', resolve('relative/p')],
    ['file:///x', 'file:///x'],
    ['s3://bucket/p', 's3://bucket/p'],
    ['bogus://x', 'bogus://x'],
    ['mlflow-artifacts:/foo', 'mlflow-artifacts:/foo'],
    [`s3://${'𝒳'.repeat(2043)}`, `s3://${'𝒳'.repeat(2043)}`],
  ])('createExperiment stores the artifact location %s as %s', async (artifact_location, stored) => {
    const { experiment_id } = await call('createExperiment', { name: 'e', artifact_location })
    expect((await call('getExperiment', { experiment_id })).experiment.artifact_location).toBe(stored)
  })

  test.each([
    ['runs:/abc/x', "Artifact location cannot be a runs:/ URI. Given: 'runs:/abc/x'"],
    ['http://x/y', "'artifact_location' cannot use the 'http' scheme"],
    ['HTTPS://x/y', "'artifact_location' cannot use the 'https' scheme"],
    ['s3://b/p#f', "'artifact_location' URL can't include fragments or params."],
    ['s3://b/p?a=1', "'artifact_location' URL can't include fragments or params."],
    [`s3://${'𝒳'.repeat(2044)}`, 'The length of the artifact path cannot be greater than 2048 characters'],
  ])('createExperiment refuses the artifact location %s', async (artifact_location, sentence) => {
    await expect(call('createExperiment', { name: 'e', artifact_location })).rejects.toMatchObject(refused(sentence))
  })

  test('createExperiment limits names, keys and values, and stores nothing when it refuses', async () => {
    const long = (length: number) => '𝒳'.repeat(length)
    const value = long(20_000)
    const kept = await call('createExperiment', { name: long(500), tags: [tag('é'.repeat(250), value)] })
    expect((await call('getExperiment', kept)).experiment.tags).toEqual([tag('é'.repeat(250), value)])
    for (const [request, sentence] of [
      [{ name: long(501) }, "'name' exceeds the maximum length of 500 characters"],
      [{ name: 'n', tags: [tag('a'.repeat(251))] }, "'key' exceeds the maximum length of 250 characters"],
      [{ name: 'n', tags: [tag('a', long(20_001))] }, "'value' exceeds the maximum length of 20000 characters"],
      [{ name: 'n', tags: [tag('fine'), tag('')] }, `Invalid value "" for parameter 'key' supplied`],
    ] as const) {
      await expect(
        call('createExperiment', { ...request, tags: [...('tags' in request ? request.tags : [])] }),
      ).rejects.toMatchObject(refused(sentence))
    }
    await expect(call('getExperimentByName', { experiment_name: 'n' })).rejects.toThrow(
      "Could not find experiment with name 'n'",
    )
  })

  test('updateExperiment needs a name and takes one of the right length', async () => {
    const { experiment_id } = await call('createExperiment', { name: 'e' })
    for (const new_name of [undefined, '']) {
      await expect(call('updateExperiment', { experiment_id, new_name })).rejects.toMatchObject(
        refused("Missing value for required parameter 'new_name'."),
      )
    }
    await expect(call('updateExperiment', { experiment_id, new_name: 'n'.repeat(501) })).rejects.toMatchObject(
      refused("'name' exceeds"),
    )
    expect(await call('updateExperiment', { experiment_id, new_name: 'new' })).toEqual({})
    expect((await call('getExperiment', { experiment_id })).experiment.name).toBe('new')
  })

  test('deleteExperiment and restoreExperiment move it between the views', async () => {
    const { experiment_id } = await call('createExperiment', { name: 'e' })
    const names = async (view_type?: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL') =>
      (await call('searchExperiments', { max_results: 10, view_type })).experiments.map(({ name }) => name)
    expect(await call('deleteExperiment', { experiment_id })).toEqual({})
    expect([await names(), await names('DELETED_ONLY')]).toEqual([['Default'], ['e']])
    expect(await call('restoreExperiment', { experiment_id })).toEqual({})
    expect((await names('ALL')).toSorted()).toEqual(['Default', 'e'])
  })

  test('setExperimentTag and deleteExperimentTag check the key before they look for the experiment', async () => {
    const { experiment_id } = await call('createExperiment', { name: 'e' })
    expect(await call('setExperimentTag', { experiment_id, key: 'a', value: '' })).toEqual({})
    expect((await call('getExperiment', { experiment_id })).experiment.tags).toEqual([tag('a')])
    expect(await call('deleteExperimentTag', { experiment_id, key: 'a' })).toEqual({})
    expect((await call('getExperiment', { experiment_id })).experiment.tags).toEqual([])
    for (const name of ['setExperimentTag', 'deleteExperimentTag'] as const) {
      const request = { experiment_id: '999', key: 'a//b', value: '' }
      await expect(call(name, request)).rejects.toMatchObject(
        refused('Invalid value "a//b" for parameter \'key\' supplied'),
      )
      await expect(call(name, { ...request, key: 'fine' })).rejects.toThrow('No Experiment with id=999 exists')
    }
    await expect(
      call('setExperimentTag', { experiment_id, key: 'a', value: 'v'.repeat(20_001) }),
    ).rejects.toMatchObject(refused("'value' exceeds the maximum length of 20000 characters"))
  })

  test('searchExperiments passes filter, order and pages on', async () => {
    for (const name of ['b', 'a', 'c', 'x']) await call('createExperiment', { name })
    const request = { max_results: 2, filter: "name != 'Default'", order_by: ['name DESC'] }
    const first = await call('searchExperiments', { ...request, page_token: '' })
    expect(first.experiments.map(({ name }) => name)).toEqual(['x', 'c'])
    const last = await call('searchExperiments', { ...request, page_token: first.next_page_token })
    expect(last.experiments.map(({ name }) => name)).toEqual(['b', 'a'])
    expect(last.next_page_token).toBeUndefined()
  })

  test.each([
    [{}, "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer"],
    [{ max_results: -1 }, "Invalid value -1 for parameter 'max_results'"],
    [{ max_results: 50_001 }, "Invalid value 50001 for parameter 'max_results'"],
    [{ max_results: 1, filter: "params.x = '1'" }, "Invalid entity type 'params'"],
    [{ max_results: 1, order_by: ['tags.x'] }, 'Invalid order_by entity: tag'],
    [{ max_results: 1, page_token: 'x' }, 'Invalid page token, '],
  ])('searchExperiments refuses %j', async (request, sentence) => {
    await expect(call('searchExperiments', request)).rejects.toMatchObject(refused(sentence))
  })
})

test.each([
  ['0', '0'],
  ['12', '12'],
  ['0007', '7'],
  ['123456789012345', '123456789012345'],
])('checkId: %s is %s', (given, id) => {
  expect(checkId(given)).toBe(id)
})

test.each(['abc', '', '1.5', ' 1', '0x1', '1e3'])('checkId refuses %j as malformed', (id) => {
  expect(() => checkId(id)).toThrow(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`)
})

test.each(['-1', '99999999999999999999'])('checkId: %s is unknown', (id) => {
  expect(() => checkId(id)).toThrow(`No Experiment with id=${id} exists`)
})
