import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { serverFlags } from '../config.ts'
import type { Flag } from '../flags.ts'
import { mlflowFlags } from '../mlflow-flags.ts'
import { commands } from './commands.ts'
import { cliReference, configReference } from './reference.ts'

const allFlags: readonly Flag[] = [...Object.values(serverFlags), ...Object.values(mlflowFlags)]
const main = fileURLToPath(new URL('main.ts', import.meta.url))
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackway-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function trackway(args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=source', main, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
    timeout: 15_000,
  })
  return { status, stdout, stderr }
}

describe('trackway', () => {
  it('tells its version', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as object
    expect(trackway(['--version'])).toEqual({
      status: 0,
      stdout: `trackway ${String(Reflect.get(manifest, 'version'))}\n`,
      stderr: '',
    })
  })

  it('tells of its commands', () => {
    for (const args of [['--help'], ['help']]) {
      const { status, stdout } = trackway(args)
      expect(status).toBe(0)
      expect(stdout).toContain('Usage: trackway COMMAND')
      expect(stdout).toContain('server    Run the tracking server')
    }
    expect(trackway([])).toMatchObject({ status: 2, stdout: '' })
  })

  it('tells of every flag of a command, however it is asked', () => {
    const { status, stdout } = trackway(['help', 'server'])
    expect(status).toBe(0)
    for (const flag of allFlags) expect(stdout).toContain(flag.name === undefined ? flag.env?.[0] : `--${flag.name}`)
    expect(trackway(['server', '--port', '1', '--help']).stdout).toBe(stdout)
    for (const line of stdout.split('\n').filter((each) => !each.startsWith('  trackway'))) {
      expect(line.length).toBeLessThanOrEqual(100)
    }
  })

  it('refuses an unknown command and suggests the nearest', () => {
    expect(trackway(['sever'])).toEqual({
      status: 2,
      stdout: '',
      stderr: "trackway: Unknown command 'sever'. Did you mean 'server'?\nSee trackway --help\n",
    })
    expect(trackway(['help', 'nothing']).status).toBe(2)
  })

  it.each(commands.flatMap((group) => ('commands' in group ? [group] : [])))(
    'tells of every command of $name',
    ({ name, commands: inGroup }) => {
      const { status, stdout } = trackway([name, '--help'])
      expect(status).toBe(0)
      for (const command of inGroup) expect(stdout).toContain(`  ${command.name} `)
      expect(trackway(['help', name]).stdout).toBe(stdout)
      expect(trackway([name])).toEqual({ status: 2, stdout: '', stderr: stdout })
    },
  )

  it('tells of the arguments of a command, however it is asked', () => {
    const { status, stdout } = trackway(['models', 'tag', '--help'])
    expect(status).toBe(0)
    expect(stdout).toContain('Usage: trackway models tag MODEL[/VERSION] KEY=VALUE... [FLAGS]\n')
    expect(stdout).toContain('Arguments:\n  MODEL[/VERSION]\n')
    for (const name of ['--output', '--tracking-uri', 'MLFLOW_TRACKING_TOKEN']) expect(stdout).toContain(name)
    expect(trackway(['help', 'models', 'tag']).stdout).toBe(stdout)
    expect(trackway(['models', 'tag', 'churn', '-h']).stdout).toBe(stdout)
  })

  it('refuses an unknown command of a group and suggests the nearest', () => {
    expect(trackway(['models', 'lst'])).toEqual({
      status: 2,
      stdout: '',
      stderr: "trackway: Unknown command 'models lst'. Did you mean 'models list'?\nSee trackway models --help\n",
    })
    expect(trackway(['help', 'webhooks', 'nothing']).status).toBe(2)
    expect(trackway(['model', 'list']).stderr).toContain("Did you mean 'models'?")
  })

  it('loads neither server nor database for a command that calls one', () => {
    const record =
      "import{registerHooks}from'node:module';registerHooks({resolve(s,c,n){const r=n(s,c);console.error(r.url);return r}})"
    const hook = `--import=data:text/javascript,${encodeURIComponent(record)}`
    const loaded = (args: string[]): string => trackway(args, { NODE_OPTIONS: hook }).stderr
    const forCall = loaded(['models', 'list', '--tracking-uri', 'http://127.0.0.1:1'])
    expect(forCall).toContain('/sdk/src/')
    for (const name of ['fastify', 'better-sqlite3', '/src/app.ts']) expect(forCall).not.toContain(name)
    expect(loaded(['models', '--help'])).not.toContain('/sdk/src/')
  })

  it.each([
    [['server', '--prot', '1'], {}, "Unknown flag '--prot'. Did you mean '--port'?"],
    [['server', '--port', 'x'], {}, "--port takes a whole number from 0 to 65535, got 'x'."],
    [['server'], { MLFLOW_PORT: 'x' }, "MLFLOW_PORT takes a whole number from 0 to 65535, got 'x'."],
    [['server', '--backend-store-uri', 'postgresql://db'], {}, 'a PostgreSQL URI names host and database'],
    [['server', '--backend-store-uri', 'sqlite://'], {}, 'in memory'],
    [['models', 'show'], {}, 'MODEL[/VERSION] is missing: a registered model'],
    [['models', 'show', 'churn', 'extra'], {}, "Unexpected argument 'extra'."],
    [['models', 'show', 'churn/champion'], {}, 'or an alias as churn@champion.'],
    [
      ['models', 'transition', 'churn/3', 'Prod'],
      {},
      "STAGE is one of None, Staging, Production, Archived, got 'Prod'.",
    ],
    [['models', 'tag', 'churn', 'team'], {}, "A tag is written KEY=VALUE, got 'team'."],
    [['models', 'list', '--limt', '3'], {}, "Unknown flag '--limt'. Did you mean '--limit'?"],
    [['models', 'list', '-o', 'yaml'], {}, "--output takes one of table, json, got 'yaml'."],
    [['models', 'list'], { MLFLOW_TRACKING_URI: './mlruns' }, 'MLFLOW_TRACKING_URI takes the address of a server'],
    [['events', '--kind', 'run.faild'], {}, "'run.faild' is no kind of event. Did you mean 'run.failed'?"],
    [['webhooks', 'create', 'deploy', 'http://x'], {}, 'Which events?'],
  ])('exits with 2 and one sentence for %j %j, and makes no files', (args, env, sentence) => {
    const { status, stdout, stderr } = trackway(args, env)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('    at ')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('the reference', () => {
  it('holds every flag and variable', () => {
    const reference = configReference()
    for (const flag of allFlags) {
      const names = [flag.name === undefined ? [] : [`--${flag.name}`], (flag.env ?? []).map((name) => `\`${name}\``)]
      for (const name of names.flat()) expect(reference).toContain(name)
    }
    expect(reference).toContain('`--archive-existing`')
    expect(cliReference()).toContain('Usage: trackway server [FLAGS]')
    expect(cliReference()).toContain('Usage: trackway models transition MODEL/VERSION STAGE [FLAGS]')
  })

  it('writes tables whose rows have three cells', () => {
    const rows = configReference()
      .split('\n')
      .filter((line) => line.startsWith('|'))
    expect(rows.length).toBeGreaterThan(20)
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(5)
  })
})
