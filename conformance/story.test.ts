import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

import { serverFolder } from '../faults/server-folder.ts'
import type { ServerFolder } from '../faults/server-folder.ts'
import { pythonEnvironment } from './python-environment.ts'
import { deployments } from './start-server.ts'
import type { Deployment, ServerProcess } from './start-server.ts'
import { sharedTeam } from './shared-team.ts'
import { startBalancer, teamLaunch } from './team.ts'
import { startWebhookReceiver } from './webhook-receiver.ts'

const run = promisify(execFile)
const secret = 'of the receiver'
const model = 'churn'

interface Answer {
  readonly error?: string
  readonly message?: string
  readonly [field: string]: unknown
}

/** One server or several, which are killed and started again while their address stays. */
interface Service {
  readonly url: string
  readonly crash: () => Promise<void>
  readonly restart: () => Promise<void>
}

async function startService(
  deployment: Deployment,
  folder: ServerFolder,
  stopping: AsyncDisposableStack,
): Promise<Service> {
  const flags = ['--webhook-allow-private-ips', '--webhook-allowed-schemes', 'http']
  const isTeam = deployment === 'team'
  const shared = isTeam ? teamLaunch(sharedTeam().ownStores) : { flags: [], env: {} }
  const options = { flags: [...flags, ...shared.flags], env: shared.env }
  let servers: readonly ServerProcess[] = (isTeam ? [1, 2] : [1]).map(() => folder.launch(options))
  const urls = await Promise.all(servers.map(({ url }) => url))
  const balancer = isTeam ? stopping.use(await startBalancer(urls)) : undefined
  return {
    url: balancer?.url ?? urls[0] ?? '',
    async crash() {
      for (const { child } of servers) child.kill('SIGKILL')
      await Promise.all(servers.map(({ ended }) => ended))
    },
    async restart() {
      // The address that the first start found.
      servers = urls.map((url) => folder.launch({ ...options, flags: [...options.flags, '--port', new URL(url).port] }))
      await Promise.all(servers.map(({ url }) => url))
    },
  }
}

/**
 * From a training to production, as a team does it: `mlflow` trains and loads, `databricks-sdk` asks and approves, a
 * receiver hears of it by webhook. In between, all servers are killed and started again, and so is the receiver.
 */
// The last of them is the team, which can lose more than one server can.
test.for(deployments.slice(-1))(
  '%s: from training to production',
  { timeout: 300_000 },
  async (deployment, context) => {
    const python = await pythonEnvironment('python')
    if ('unavailable' in python) return context.skip(python.unavailable)
    const { bin } = python

    await using folder = serverFolder()
    await using stopping = new AsyncDisposableStack()
    const { url, crash, restart } = await startService(deployment, folder, stopping)
    async function script(name: string, user: string, ...rest: string[]): Promise<string> {
      const env = {
        ...process.env,
        MLFLOW_TRACKING_URI: url,
        MLFLOW_TRACKING_USERNAME: user,
        MLFLOW_TRACKING_PASSWORD: 'not asked for',
        TRACKWAY_USER: user,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        GIT_PYTHON_REFRESH: 'quiet',
        MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
      }
      const file = join(import.meta.dirname, 'story', name)
      return (await run(join(bin, 'python'), [file, ...rest], { cwd: folder.path, env })).stdout.trim()
    }
    const train = async (slope: number): Promise<string | undefined> =>
      // The client prints the run's address, too.
      (await script('train.py', 'alice', model, String(slope))).split('\n').at(-1)
    const review = async (user: string, step: string, ...rest: string[]): Promise<Answer> =>
      JSON.parse(await script('review.py', user, step, model, ...rest)) as Answer
    const predict = async (...uris: string[]): Promise<string[]> =>
      (await script('predict.py', 'ci', ...uris)).split('\n')
    async function call(method: string, path: string, body?: object): Promise<Answer> {
      const reply = await fetch(url + path, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      return (await reply.json()) as Answer
    }

    // CI wants to hear of new versions, requests and stages; nothing enters Production without a second pair of eyes.
    let receiver = await startWebhookReceiver(secret)
    await call('POST', '/api/2.0/mlflow/webhooks', {
      name: 'ci',
      url: `http://127.0.0.1:${receiver.port}/hook`,
      secret,
      events: [{ entity: 'MODEL_VERSION', action: 'CREATED' }],
      trackway_events: [
        'transition_request.created',
        'transition_request.approved',
        'transition_request.rejected',
        'model_version.stage_transitioned',
        'run.finished',
      ],
    })
    expect(await train(2)).toBe('1')
    await call('PATCH', '/api/trackway/v1/registered-models/settings', {
      name: model,
      approvals: [{ to_stage: 'Production' }],
    })
    const heard = (): string[] => receiver.events.map(({ entity, action }) => `${entity}.${action}`).toSorted()
    await expect.poll(heard).toEqual(['model_version.created', 'run.finished'])

    // Staging needs nobody; Production does, and a crash before and after the request changes nothing.
    expect(await review('alice', 'transition', '1', 'Staging')).toMatchObject({
      model_version_databricks: { current_stage: 'Staging' },
    })
    expect(await review('alice', 'transition', '1', 'Production')).toMatchObject({ error: 'PermissionDenied' })
    await crash()
    await restart()
    expect(await review('alice', 'request', '1', 'production', 'r2 is 1')).toMatchObject({
      request: { user_id: 'alice', to_stage: 'Production', comment: 'r2 is 1' },
    })
    expect(await review('alice', 'approve', '1', 'Production')).toMatchObject({ error: 'PermissionDenied' })

    // The receiver is away while bob approves, and the server dies before it can tell: nothing is lost.
    await expect.poll(heard).toContain('transition_request.created')
    const { port } = receiver
    await receiver[Symbol.asyncDispose]()
    const early = receiver
    expect(await review('bob', 'approve', '1', 'Production', 'looks right')).toMatchObject({
      activity: { user_id: 'bob', activity_type: 'APPROVED_REQUEST' },
    })
    await crash()
    receiver = await startWebhookReceiver(secret, port)
    await restart()
    await expect
      .poll(heard, { timeout: 30_000 })
      .toEqual(['model_version.stage_transitioned', 'transition_request.approved'])
    const deployed = receiver.events.find(({ action }) => action === 'stage_transitioned')
    expect(deployed?.data).toMatchObject({ name: model, version: '1', from_stage: 'Staging', to_stage: 'Production' })
    expect([...early.refused, ...receiver.refused]).toEqual([])

    expect(await review('bob', 'approve', '1', 'Production')).toMatchObject({ error: /ResourceDoesNotExist|NotFound/ })

    // CI deploys what it was told of, by every kind of name.
    await call('POST', '/api/2.0/mlflow/registered-models/alias', { name: model, alias: 'champion', version: '1' })
    expect(await predict(`models:/${model}/Production`, `models:/${model}/1`, `models:/${model}@champion`)).toEqual(
      Array(3).fill('20.0'),
    )

    // The next version takes its place.
    expect(await train(3)).toBe('2')
    await review('alice', 'request', '2', 'Production')
    await review('bob', 'approve', '2', 'Production')
    expect(await predict(`models:/${model}/Production`, `models:/${model}/2`, `models:/${model}@champion`)).toEqual([
      '30.0',
      '30.0',
      '20.0',
    ])
    const query = `name=${model}&version=1`
    expect(await call('GET', `/api/2.0/mlflow/model-versions/get?${query}`)).toMatchObject({
      model_version: { current_stage: 'Archived', aliases: ['champion'] },
    })

    // Who did what, when and why; and what the version was made from.
    const { activities } = await call('GET', `/api/trackway/v1/model-versions/activities?${query}`)
    const log = (activities as Record<string, string>[]).toReversed()
    expect(log.map(({ user_id, activity_type, to_stage }) => [user_id, activity_type, to_stage])).toEqual(
      expect.arrayContaining([
        ['alice', 'APPLIED_TRANSITION', 'Staging'],
        ['alice', 'REQUESTED_TRANSITION', 'Production'],
        ['bob', 'APPROVED_REQUEST', 'Production'],
        ['bob', 'SYSTEM_TRANSITION', 'Archived'],
      ]),
    )
    expect(log.find(({ activity_type }) => activity_type === 'APPROVED_REQUEST')?.['comment']).toBe('looks right')
    expect(await call('GET', `/api/trackway/v1/model-versions/lineage?${query}`)).toMatchObject({
      run: { run_name: 'slope 2', experiment_name: 'churn', user_id: expect.any(String) },
      code: { git_commit: '0123456789abcdef0123456789abcdef01234567' },
      logged_model: { model_id: expect.stringMatching(/^m-[0-9a-f]{32}$/) },
      datasets: [{ dataset: { name: 'visits' }, context: 'training' }],
    })
    await receiver[Symbol.asyncDispose]()
  },
)
