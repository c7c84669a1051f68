import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { describe, expect, it } from 'vitest'

import { createRun, runData } from './api-call.ts'
import { serverFolder } from './server-folder.ts'
import type { ServerFolder } from './server-folder.ts'

/** Starts a server that must not come up; returns the sentence that it leaves. */
async function refusal(folder: ServerFolder, flags: readonly string[] = [], through: readonly string[] = []) {
  const server = folder.launch({ flags, through })
  expect(await server.ended, server.output()).toBe(1)
  expect(server.output()).toMatch(/^trackway: .+\n$/)
  return server.output()
}

function makeDatabase(file: string, ...statements: string[]): void {
  const database = new DatabaseSync(file)
  for (const statement of statements) database.exec(statement)
  database.close()
}

describe('trackway server', () => {
  it('leaves a database to the server that has it, and takes it at once when that one was killed', async () => {
    await using folder = serverFolder()
    const first = folder.launch()
    const url = await first.url
    const runId = await createRun(url)
    expect(await refusal(folder)).toContain(`Another Trackway server uses the database ${folder.databaseFile}`)
    await createRun(url)

    first.child.kill('SIGKILL')
    await first.ended
    const next = folder.launch()
    expect(await runData(await next.url, runId)).toBeDefined()
  })

  it('refuses the database of a newer version, untouched', async () => {
    await using folder = serverFolder()
    const server = folder.launch()
    await server.url
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    makeDatabase(folder.databaseFile, 'PRAGMA user_version = 999')
    const before = readFileSync(folder.databaseFile)
    expect(await refusal(folder)).toContain('schema version 999')
    expect(readFileSync(folder.databaseFile).equals(before)).toBe(true)
  })

  it.each([
    ['text', 'This is not a database. '.repeat(200)],
    ['a start of the right kind', 'SQLite format 3\0'.padEnd(4096, 'x')],
  ])('refuses a file that is no database (%s), untouched', async (_kind, content) => {
    await using folder = serverFolder()
    const file = join(folder.path, 'file.db')
    writeFileSync(file, content)
    expect(await refusal(folder, ['--backend-store-uri', file])).toContain(`Cannot open the database ${file}: `)
    expect(readFileSync(file, 'utf8')).toBe(content)
  })

  it("refuses MLflow's own database, untouched, and says what it is", async () => {
    await using folder = serverFolder()
    const file = join(folder.path, 'mlflow.db')
    // The first tables of a database that MLflow 3.17 makes.
    makeDatabase(
      file,
      'CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)',
      "INSERT INTO alembic_version VALUES ('bda7b8c39065')",
      `CREATE TABLE experiments (experiment_id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(256) NOT NULL UNIQUE,
        artifact_location VARCHAR(256), lifecycle_stage VARCHAR(32))`,
      "INSERT INTO experiments VALUES (0, 'Default', 'mlruns/0', 'active')",
    )
    const before = readFileSync(file)
    const sentence = await refusal(folder, ['--backend-store-uri', `sqlite:///${file}`])
    expect(sentence).toContain(`The database ${file} was made by MLflow`)
    expect(sentence).toContain('--backend-store-uri')
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(existsSync(`${file}-wal`)).toBe(false)
  })

  it.each([
    ['', []],
    [' with a version number of its own', ['PRAGMA user_version = 1']],
    [' with a large version number', ['PRAGMA user_version = 75']],
  ])("refuses another program's database%s, untouched", async (_kind, more) => {
    await using folder = serverFolder()
    const file = join(folder.path, 'shop.db')
    makeDatabase(file, 'CREATE TABLE orders (id INTEGER PRIMARY KEY)', ...more)
    const before = readFileSync(file)
    expect(await refusal(folder, ['--backend-store-uri', file])).toContain(
      `The database ${file} holds tables of another program`,
    )
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('takes an empty database file', async () => {
    await using folder = serverFolder()
    const file = join(folder.path, 'empty.db')
    writeFileSync(file, '')
    const { url } = folder.launch({ flags: ['--backend-store-uri', file] })
    expect(await createRun(await url)).toMatch(/^[0-9a-f]{32}$/)
  })
})

describe('trackway server where it cannot write', () => {
  it('refuses a read-only file system', async (context) => {
    await using folder = serverFolder()
    const disk = folder.mountSmall('disk', 4096)
    if ('unavailable' in disk) return context.skip(disk.unavailable)
    const file = join(disk.path, 'trackway.db')
    const server = folder.launch({ flags: ['--backend-store-uri', file] })
    await server.url
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    execFileSync('mount', ['-o', 'remount,ro', disk.path])
    for (const name of ['trackway.db', 'new.db', 'folder/new.db']) {
      const sentence = await refusal(folder, ['--backend-store-uri', join(disk.path, name)])
      expect(sentence).toContain(join(disk.path, name))
      expect(sentence).toContain('cannot be written')
    }
    const sentence = await refusal(folder, ['--artifacts-destination', join(disk.path, 'artifacts')])
    expect(sentence).toContain('read-only')
  })

  it("refuses another user's folder and file", async (context) => {
    await using folder = serverFolder()
    const other = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
    const [program = '', ...rest] = other
    // A checkout that only its owner may read cannot be run by anybody else.
    const probe = spawnSync(program, [...rest, 'test', '-r', import.meta.filename])
    if (probe.status !== 0) return context.skip('running as another user needs root, setpriv and a readable checkout')
    const server = folder.launch()
    await createRun(await server.url)
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    chmodSync(folder.path, 0o755)
    expect(await refusal(folder, [], other)).toContain(
      `${folder.databaseFile}: the file or its folder cannot be written`,
    )
    const open = join(folder.path, 'open')
    mkdirSync(open)
    chmodSync(open, 0o777)
    const file = join(open, 'trackway.db')
    copyFileSync(folder.databaseFile, file)
    chmodSync(file, 0o444)
    expect(await refusal(folder, ['--backend-store-uri', file], other)).toContain(
      `${file}: the file or its folder cannot be written`,
    )
    return undefined
  })
})
