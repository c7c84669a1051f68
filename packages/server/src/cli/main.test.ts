import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { serverFlags } from '../config.ts'
import type { Flag } from '../flags.ts'
import { mlflowFlags } from '../mlflow-flags.ts'
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
      expect(stdout).toContain('server  Run the tracking server')
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

  it.each([
    [['server', '--prot', '1'], {}, "Unknown flag '--prot'. Did you mean '--port'?"],
    [['server', '--port', 'x'], {}, "--port takes a whole number from 0 to 65535, got 'x'."],
    [['server'], { MLFLOW_PORT: 'x' }, "MLFLOW_PORT takes a whole number from 0 to 65535, got 'x'."],
    [['server', '--backend-store-uri', 'postgresql://db/x'], {}, 'PostgreSQL is not supported yet'],
    [['server', '--backend-store-uri', 'sqlite://'], {}, 'in memory'],
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
    expect(cliReference()).toContain('Usage: trackway server [FLAGS]')
  })

  it('writes tables whose rows have three cells', () => {
    const rows = configReference()
      .split('\n')
      .filter((line) => line.startsWith('|'))
    expect(rows.length).toBeGreaterThan(20)
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(5)
  })
})
