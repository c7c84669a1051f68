import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createClient } from '@trackway/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createApp } from '../../app.ts'
import { parseServerConfig } from '../../config.ts'
import { UsageError } from '../../flags.ts'
import { commands } from '../commands.ts'
import { events } from '../events/events.ts'
import { TestTerminal } from '../terminal/test-terminal.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command in this process, without anybody to ask unless answers are given. */
async function trackway(
  uri: string,
  argv: readonly string[],
  { input = '', env = {}, answers = [] }: { input?: string; env?: Record<string, string>; answers?: string[] } = {},
): Promise<Outcome> {
  const [first, second] = argv
  const found = commands.find(({ name }) => name === first)
  const inGroup = found !== undefined && 'commands' in found
  const command = inGroup ? found.commands.find(({ name }) => name === second) : found
  const terminal = new TestTerminal()
  Object.assign(terminal.env, { MLFLOW_TRACKING_URI: uri, ...env })
  terminal.input = input
  terminal.answers.push(...answers)
  const outcome = (status: number | null): Outcome => ({
    status,
    stdout: terminal.output,
    stderr: terminal.warnings.map((line) => `${line}\n`).join(''),
  })
  try {
    return outcome((await command?.run(argv.slice(inGroup ? 2 : 1), terminal)) ?? null)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    terminal.warn(error.message)
    return outcome(2)
  }
}

/** Runs the command as users do: a process of its own, without a terminal. */
async function trackwayProcess(uri: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, ['--conditions=source', main, ...args], {
    env: { PATH: process.env['PATH'], TZ: 'UTC', MLFLOW_TRACKING_URI: uri },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, ...output }
}

describe('the commands of a server', () => {
  let folder: string
  let app: Awaited<ReturnType<typeof createApp>>
  let url: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trackway-commands-'))
    const allowing = ['--webhook-allow-private-ips', '--webhook-allowed-schemes', 'http,https']
    const config = parseServerConfig(['--port', '0', '--log-level', 'silent', ...allowing], {}, folder)
    app = await createApp(config)
    url = (await app.listen()).url
  })
  afterAll(async () => {
    await app.close()
    rmSync(folder, { recursive: true })
  })

  const as = async (user: string, ...args: string[]): Promise<Outcome> =>
    trackway(url.replace('//', `//${user}:x@`), args)
  const done = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await as('alice', ...args)
    expect({ status, stderr }, args.join(' ')).toEqual({ status: 0, stderr: '' })
    return stdout
  }
  const json = async (...args: string[]): Promise<unknown> => JSON.parse(await done(...args, '-o', 'json'))

  it('brings a model to production, with an approval', async () => {
    expect(await done('models', 'create', 'churn', '--description', 'Who leaves', '--tag', 'team=a,b')).toBe(
      'Made churn.\n',
    )
    expect(await done('models', 'register', 'churn', 's3://bucket/1')).toBe('Registered churn/1.\n')
    expect(await json('models', 'register', 'churn', 's3://bucket/2', '--tag', 'commit=abc')).toMatchObject({
      name: 'churn',
      version: '2',
      tags: [{ key: 'commit', value: 'abc' }],
    })
    await done('models', 'transition', 'churn/1', 'production')
    expect(
      await done('models', 'settings', 'churn', '--require-approval', 'Production', '--no-allow-self-approval'),
    ).toBe('churn: approval into Production, by somebody else than who asked.\n')

    const refused = await as('alice', 'models', 'transition', 'churn/2', 'Production')
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^trackway: .*approv/)
    await done('models', 'request', 'churn/latest', 'Production', '--comment', 'Passed all checks')
    expect(await done('models', 'requests', 'churn/2')).toMatch(
      /alice +asked for None → Production +Passed all checks\n/,
    )
    expect(await done('models', 'show', 'churn/2')).toContain('Asked for  Production by alice')
    expect((await as('alice', 'models', 'approve', 'churn/2', 'Production')).status).toBe(1)
    expect(
      (await as('bob', 'models', 'approve', 'churn/2', 'Production', '--archive-existing', '-m', 'Go')).stdout,
    ).toBe('Approved: churn/2 is in Production now.\n')

    expect(await json('models', 'show', 'churn/Production')).toMatchObject({
      version: '2',
      current_stage: 'Production',
    })
    expect(await json('models', 'versions', 'churn', '--stage', 'archived')).toMatchObject([{ version: '1' }])
    await done('models', 'alias', 'churn/2', 'champion')
    expect(await json('models', 'versions', 'churn')).toMatchObject([
      { version: '2', aliases: ['champion'] },
      { version: '1' },
    ])
    expect(await done('models', 'show', 'churn')).toMatch(/2  Production  champion/)
    expect(await done('models', 'activity', 'churn/2')).toMatch(/bob +approved None → Production +Go\n/)
    expect(await done('models', 'settings', 'churn', '--no-approvals')).toBe('churn: no transition needs approval.\n')
    expect(await done('models', 'transition', 'churn/1', 'Production')).toBe('churn/1 is in Production now.\n')
    const none = await as('alice', 'models', 'requests', 'churn/2')
    expect(none).toEqual({ status: 0, stdout: '', stderr: 'Nothing is asked for of churn/2.\n' })
  })

  it('rejects, withdraws, comments', async () => {
    await done('models', 'register', 'ranking', 's3://bucket/r')
    await done('models', 'request', 'ranking/1', 'Staging')
    expect((await as('bob', 'models', 'reject', 'ranking/1', 'Staging', '-m', 'No')).stdout).toBe(
      'Rejected Staging for ranking/1.\n',
    )
    await done('models', 'request', 'ranking/1', 'Staging')
    await done('models', 'withdraw', 'ranking/1', 'Staging')
    const commented = await trackway(url, ['models', 'comment', 'ranking/1', '-'], { input: 'AUC\n0.91\n' })
    expect(commented.stdout).toBe('Commented on ranking/1.\n')
    const activities = (await json('models', 'activity', 'ranking/1', '--limit', '2')) as { activity_type: string }[]
    expect(activities).toHaveLength(2)
    expect(activities[0]).toMatchObject({ activity_type: 'NEW_COMMENT', comment: 'AUC\n0.91' })
  })

  it('describes, tags, aliases and renames', async () => {
    await done('models', 'register', 'demand', 's3://bucket/d')
    await done('models', 'describe', 'demand', 'What is bought')
    await done('models', 'describe', 'demand/1', 'First')
    await done('models', 'tag', 'demand', 'team=growth', 'empty=')
    await done('models', 'tag', 'demand/1', 'validated=a=b')
    await done('models', 'untag', 'demand', 'empty')
    expect(await done('models', 'alias', 'demand/1', 'champion')).toBe('demand@champion is demand/1 now.\n')
    expect(await json('models', 'show', 'demand@champion')).toMatchObject({
      description: 'First',
      tags: [{ key: 'validated', value: 'a=b' }],
      aliases: ['champion'],
    })
    expect(await done('models', 'show', 'demand')).toMatch(/^demand\nWhat is bought\n[^]*team=growth\n[^]*champion 1\n/)
    await done('models', 'unalias', 'demand', 'champion')
    expect((await as('alice', 'models', 'show', 'demand@champion')).status).toBe(1)
    await done('models', 'rename', 'demand', 'demand-eu')
    expect(await done('models', 'download-uri', 'demand-eu/1')).toBe('s3://bucket/d\n')
    expect((await as('alice', 'models', 'rename', 'demand-eu', 'churn')).status).toBe(1)
  })

  it('registers what a run logged, and tells where it came from', async () => {
    const client = createClient({ baseUrl: url })
    const { experiment_id: experimentId } = await client.createExperiment({ name: 'training' })
    const { run } = await client.createRun({ experiment_id: experimentId, run_name: 'weekly' })
    const runId = run.info.run_id
    const { model } = await client.createLoggedModel({
      experiment_id: experimentId,
      name: 'model',
      source_run_id: runId,
    })
    await client.uploadArtifact({ run_id: runId, path: 'plain/MLmodel' }, 'x')

    const logged = { source: `models:/${model.info.model_id}`, run_id: runId }
    expect(await json('models', 'register', 'trained', `runs:/${runId}/model`)).toMatchObject(logged)
    expect(await json('models', 'register', 'trained', `models:/${model.info.model_id}`)).toMatchObject(logged)
    expect(await json('models', 'register', 'trained', `runs:/${runId}/plain/`)).toMatchObject({
      source: `${run.info.artifact_uri}/plain`,
      run_id: runId,
    })
    const nothing = await as('alice', 'models', 'register', 'not-made', `runs:/${runId}/typo`)
    expect(nothing).toMatchObject({ status: 1, stderr: `trackway: The run ${runId} logged nothing as 'typo'.\n` })
    expect((await as('alice', 'models', 'show', 'not-made')).status).toBe(1)
    expect((await as('alice', 'models', 'register', 'trained', `runs:/${runId}`)).status).toBe(2)

    const lineage = await done('models', 'lineage', 'trained/1')
    for (const part of [`weekly (${runId})`, `training (${experimentId})`, `model (${model.info.model_id})`]) {
      expect(lineage).toContain(part)
    }
  })

  it('deletes only what was confirmed, and versions only by number', async () => {
    await done('models', 'register', 'old', 's3://bucket/o')
    const asked = await as('alice', 'models', 'delete', 'old')
    expect(asked).toMatchObject({ status: 2, stdout: '' })
    expect(asked.stderr).toContain('give --yes to delete the model old with all its versions')
    const typo = await trackway(url, ['models', 'delete', 'old'], { answers: ['y'] })
    expect(typo).toMatchObject({ status: 1, stdout: '' })
    expect(typo.stderr).toContain('Type old to go on: \ntrackway: Nothing was deleted.')
    expect((await as('alice', 'models', 'delete', 'old/latest', '--yes')).stderr).toContain('this one is old/1')
    const confirmed = await trackway(url, ['models', 'delete', 'old/1'], { answers: ['old/1'] })
    expect(confirmed).toMatchObject({ status: 0, stdout: 'Deleted old/1.\n' })
    expect(await done('models', 'delete', 'old', '-y', '-o', 'json')).toBe('{}\n')
    expect(await as('alice', 'models', 'delete', 'old', '-y')).toMatchObject({ status: 1, stdout: '' })
  })

  it('lists all pages, and no more than asked for', async () => {
    const names = Array.from({ length: 1004 }, (_, index) => `page-${String(index).padStart(4, '0')}`)
    const client = createClient({ baseUrl: url })
    await Promise.all(names.map((name) => client.createRegisteredModel({ name })))
    const filter = ['--filter', "name LIKE 'page-%'"]
    const found = (await json('models', 'list', ...filter)) as { name: string }[]
    expect(found.map(({ name }) => name)).toEqual(names)
    expect(await json('models', 'list', ...filter, '--limit', '3')).toHaveLength(3)
    expect(await json('models', 'list', '--filter', "name = 'nothing'")).toEqual([])
    expect((await done('models', 'list', ...filter)).trimEnd().split('\n')).toHaveLength(1005)
    const newest = await json('models', 'list', ...filter, '--order-by', 'name DESC', '-n', '1')
    expect(newest).toMatchObject([{ name: 'page-1003' }])
  })

  it('shows no escape sequence of a name as such', async () => {
    await done('models', 'create', 'evil\u001b[2J\u009b2J')
    const { stdout } = await as('alice', 'models', 'list', '--filter', "name LIKE 'evil%'")
    expect(stdout).toContain('evil\\u001b[2J\\u009b2J')
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expect((await as('alice', 'models', 'show', '\u001b[2Jx')).stderr).not.toContain('\u001b')
  })

  it('tells of a failure in one sentence', async () => {
    const missing = await as('alice', 'models', 'show', 'nothing-here')
    expect(missing).toMatchObject({ status: 1, stdout: '' })
    expect(missing.stderr).toMatch(/^trackway: Registered Model with name=nothing-here not found\n$/)
    expect((await as('alice', 'models', 'show', 'churn/Staging')).stderr).toBe(
      'trackway: No version of churn is in Staging.\n',
    )
    const unknown = await trackway(`${url}/elsewhere`, ['models', 'list'])
    expect(unknown.status).toBe(1)
    expect(unknown.stderr).toContain('does not know this call')
    const nobody = await trackway('http://someone:secret@127.0.0.1:1', ['models', 'create', 'x'])
    expect(nobody.status).toBe(1)
    expect(nobody.stderr).toMatch(/Cannot reach http:\/\/127.0.0.1:1.*\n.*trackway server/)
    expect(nobody.stderr).not.toContain('secret')
  })

  it('gives exit codes and output to a shell', async () => {
    expect(await trackwayProcess(url, ['models', 'create', 'shell'])).toEqual({
      status: 0,
      stdout: 'Made shell.\n',
      stderr: '',
    })
    expect(await trackwayProcess(url, ['models', 'create', 'shell'])).toMatchObject({ status: 1, stdout: '' })
    expect(await trackwayProcess(url, ['models', 'delete', 'shell'])).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'trackway: Nobody is there to be asked: give --yes to delete the model shell with all its versions.\n' +
        'See trackway models delete --help\n',
    })
  })

  it('says who calls, by the variables of MLflow', async () => {
    const headers: (string | undefined)[] = []
    const server = createServer((request, reply) => {
      headers.push(request.headers.authorization)
      reply.end('{}')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const user = { MLFLOW_TRACKING_USERNAME: 'zoë', MLFLOW_TRACKING_PASSWORD: 'p:w' }
    const token = { MLFLOW_TRACKING_TOKEN: 'abc' }
    for (const env of [token, { ...user, ...token }, {}]) await trackway(address, ['models', 'list'], { env })
    await trackway(address.replace('//', '//bob:x@'), ['models', 'list'], { env: user })
    server.close()
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
    expect(headers).toEqual(['Bearer abc', basic('zoë:p:w'), undefined, basic('bob:x')])
  })

  it('makes, changes, tests and deletes webhooks', async () => {
    const bodies: string[] = []
    const receiver = createServer((request, reply) => {
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text))
      request.on('end', () => reply.writeHead(bodies.length === 1 ? 200 : 500).end('seen'))
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
    const kinds = ['model_version.created', 'run.failed']
    const create = ['webhooks', 'create', 'deploy', address, ...kinds.flatMap((kind) => ['--event', kind])]
    const made = await trackway(url, [...create, '--secret-env', 'S', '--status', 'disabled'], { env: { S: 's3cret' } })
    expect(made).toMatchObject({ status: 0, stderr: '' })
    expect(made.stdout).not.toContain('s3cret')
    expect(await done('webhooks', 'show', 'deploy')).toMatch(/disabled\n[^]*model_version.created\n +run.failed\n/)
    await done('webhooks', 'update', 'deploy', '--description', 'for CI', '--event', 'comment.created')
    expect(await json('webhooks', 'list')).toMatchObject([
      { name: 'deploy', description: 'for CI', trackway_events: ['comment.created'] },
    ])
    expect(await json('webhooks', 'show', 'deploy')).not.toHaveProperty('events')
    expect(await done('webhooks', 'test', 'deploy')).toContain('deploy answered 200')
    const failed = await as('alice', 'webhooks', 'test', 'deploy', '--event', 'model_version.created')
    expect(failed.status).toBe(1)
    expect(failed.stderr).toContain('deploy failed')
    expect(bodies.join('')).toContain('comment')
    expect((await as('alice', 'webhooks', 'deliveries', 'deploy')).stderr).toBe('deploy was sent nothing yet.\n')
    expect((await as('alice', 'webhooks', 'delete', 'other', '-y')).stderr).toContain(
      "No webhook has the id or name 'other'",
    )
    expect(await done('webhooks', 'delete', 'deploy', '--yes')).toBe('Deleted deploy.\n')
    receiver.close()
  })

  it('gives past events, and those of one model', async () => {
    await done('models', 'create', 'watched')
    await done('models', 'tag', 'watched', 'a=b')
    const lines = (await done('events', '--model', 'watched', '-o', 'json')).trimEnd().split('\n')
    const found = lines.map((line) => JSON.parse(line) as { id: number; kind: string })
    expect(found.map(({ kind }) => kind)).toEqual(['registered_model.created', 'registered_model_tag.set'])
    const rest = await done('events', '--model', 'watched', '--after', String(found[0]?.id))
    expect(rest).toMatch(
      /^ *\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}registered_model_tag.set +alice {2}watched {2}key=a {2}value=b\n$/,
    )
    expect((await done('events', '--limit', '3', '-o', 'json')).trimEnd().split('\n')).toHaveLength(3)
  })

  it('follows events, across a connection that breaks', async () => {
    const last = JSON.parse(await done('events', '--limit', '1', '-o', 'json')) as { id: number }
    const asked: string[] = []
    // What stands between client and server, and can break.
    const proxy = createServer((request, reply) => {
      asked.push(request.url ?? '')
      const abort = new AbortController()
      reply.on('close', () => abort.abort())
      fetch(`${url}${request.url}`, { signal: abort.signal })
        .then(async ({ body }) => {
          for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) reply.write(chunk)
          reply.end()
        })
        .catch(() => reply.destroy())
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const terminal = new TestTerminal()
    terminal.env['MLFLOW_TRACKING_URI'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const args = ['-f', '--kind', 'registered_model', '--after', String(last.id), '-n', '3', '-o', 'json']
    const following = events.run(args, terminal)
    const names = (): unknown[] =>
      terminal.lines.map((line) => (JSON.parse(line) as { data: { name: string } }).data.name)
    await done('models', 'create', 'followed-1')
    await expect.poll(names).toEqual(['followed-1'])
    proxy.closeAllConnections()
    await done('models', 'create', 'followed-2')
    await expect.poll(names, { timeout: 10_000 }).toEqual(['followed-1', 'followed-2'])
    await done('models', 'create', 'followed-3')
    expect(await following).toBe(0)
    proxy.close()
    expect(names()).toEqual(['followed-1', 'followed-2', 'followed-3'])
    expect(asked).toHaveLength(2)
    expect(terminal.warnings).toEqual(['trackway: the connection was lost; connecting again.'])
  })
})
