import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { Client } from 'pg'
import sql, { raw } from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createApp } from '../../app.ts'
import { parseServerConfig } from '../../config.ts'
import { copiedTables } from '../../storage/sql/copy/copy-database.ts'
import { schemaTables } from '../../storage/sql/copy/schema-tables.ts'
import type { SchemaTable } from '../../storage/sql/copy/schema-tables.ts'
import { openPostgres } from '../../storage/sql/dialects/postgres.ts'
import { openSqliteReader, openSqliteWriter } from '../../storage/sql/dialects/sqlite.ts'
import { insertion } from '../../storage/sql/insertion.ts'
import type { Columns, RowOf } from '../../storage/sql/insertion.ts'
import { query } from '../../storage/sql/query.ts'
import { demo } from '../demo/demo.ts'
import { TestTerminal } from '../terminal/test-terminal.ts'
import { db } from './db.ts'
import { sharedPostgresUrl } from '../../storage/sql/test-postgres-setup.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const texts = ['', 'plain', 'ä ß', '日本', '🧪 \u{10ffff}', 'quote \' " \\ {}, NULL', 'tab\tline\nend ']
const doubles = [0.1, -1e-308, 1.7976931348623157e308, NaN, Infinity, -Infinity, -0]
const int64s = [0, -1, 9007199254740993n, 9223372036854775807n, -9223372036854775808n, 1_700_000_000_000, 5]

describe('trackway db', () => {
  let folder: string
  let source: string
  let made = 0
  const databases: string[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trackway-copy-'))
    source = join(folder, 'source.db')
    const app = await createApp(
      parseServerConfig(['--port', '0', '--log-level', 'silent', '--backend-store-uri', source], {}, folder),
    )
    const terminal = new TestTerminal()
    terminal.env['MLFLOW_TRACKING_URI'] = (await app.listen()).url
    expect(await demo.run([], terminal)).toBe(0)
    await app.close()
    await fillWhatIsEmpty(source)
  }, 60_000)
  afterAll(async () => {
    for (const name of databases) await administrate(`drop database if exists ${name} with (force)`)
    rmSync(folder, { recursive: true })
  })

  const newFile = (): string => join(folder, `${++made}.db`)

  async function newPostgres(): Promise<string> {
    const name = `copy_${process.pid}_${++made}`
    await administrate(`create database ${name} strategy file_copy`)
    databases.push(name)
    const url = new URL(sharedPostgresUrl())
    url.pathname = name
    return url.href
  }

  it('copy takes every row of every table to PostgreSQL and back', async () => {
    const postgres = await newPostgres()
    const back = newFile()
    const there = await trackway('copy', source, postgres, '--output', 'json')
    expect([there.status, there.terminal.warnings]).toEqual([0, []])
    const told = JSON.parse(there.terminal.output) as { tables: Record<string, number>; resumed_at: number }
    expect(Object.keys(told.tables).toSorted()).toEqual(
      copiedTables()
        .map(({ name }) => name)
        .toSorted(),
    )
    for (const [table, rows] of Object.entries(told.tables)) expect(rows, table).toBeGreaterThan(0)
    expect((await trackway('copy', postgres, back)).terminal.output).toMatch(/^Copied [\d,]+ rows .* are the same/)
    expect(await allRows(back)).toEqual(await allRows(source))
    const { status, terminal } = await trackway('check', '--backend-store-uri', postgres, '-o', 'json')
    expect([status, JSON.parse(terminal.output)]).toMatchObject([0, { state: 'ready', rows: told.tables }])
    const client = new Client({ connectionString: postgres })
    await client.connect()
    const { rows } = await client.query(
      `insert into names (name) values ('a name that is new') returning id > (select max(id) from names) as ok`,
    )
    await client.end()
    expect(rows).toEqual([{ ok: true }])
  }, 60_000)

  it('copy goes on after it was killed, and ends with the same', async () => {
    const big = newFile()
    await expectStatus(0, 'copy', source, big)
    const writer = openSqliteWriter(big)
    await writer.run(
      query<{}, unknown>(
        () => sql`insert into metric_points with recursive n (i) as (select 0 union all select i + 1 from n where i < 100000)
          select 1, 1, 100000 + i, i, i * 0.5 from n`,
      ),
      {},
    )
    writer.close()
    const target = await newPostgres()
    const child = spawn(process.execPath, ['--conditions=source', main, 'db', 'copy', big, target], { stdio: 'ignore' })
    const ended = once(child, 'exit')
    const looking = new Client({ connectionString: target, application_name: 'test' })
    await looking.connect()
    while (child.exitCode === null) {
      const { rows } = await looking
        .query("select state from trackway_copy where item = 'metric_points'")
        .catch(() => ({ rows: [] }))
      if (rows.length > 0) break
      await sleep(2)
    }
    child.kill('SIGKILL')
    expect((await ended)[1]).toBe('SIGKILL')
    await looking.end()
    expect((await trackway('check', '--backend-store-uri', target)).terminal.warnings[0]).toContain('not finished')
    const { status, terminal } = await trackway('copy', big, target, '-o', 'json')
    expect([status, terminal.warnings]).toEqual([0, []])
    const { resumed_at: resumed, rows } = JSON.parse(terminal.output) as { resumed_at: number; rows: number }
    expect(resumed).toBeGreaterThan(0)
    expect(resumed).toBeLessThan(rows)
    const back = newFile()
    await expectStatus(0, 'copy', target, back, '--no-compare')
    expect(await allRows(back)).toEqual(await allRows(big))
  }, 60_000)

  it('copy leaves a target as it is that holds other rows, and a source that a server uses', async () => {
    const held = openSqliteWriter(newFile())
    const file = join(folder, `${made}.db`)
    try {
      expect((await trackway('copy', source, file)).terminal.warnings[0]).toContain('Another Trackway server uses')
      expect((await trackway('copy', file, newFile())).terminal.warnings[0]).toContain('Another Trackway server uses')
    } finally {
      held.close()
    }
    const filled = newFile()
    await expectStatus(0, 'copy', source, filled)
    const before = await allRows(filled)
    const again = await trackway('copy', source, filled)
    expect([again.status, again.terminal.warnings[0]]).toEqual([1, expect.stringContaining('is not empty')])
    expect(await allRows(filled)).toEqual(before)
    const served = await newPostgres()
    const server = openPostgres({ url: served, poolSize: 3 }, () => {})
    await server.dynamic(sql`select 1`)
    expect((await trackway('copy', source, served)).terminal.warnings[0]).toContain('Stop it')
    await server.close()
  })

  it('copy names the row whose text PostgreSQL does not store, and puts what is asked for in its place', async () => {
    const file = newFile()
    await expectStatus(0, 'copy', source, file)
    const writer = openSqliteWriter(file)
    await writer.run(
      query<{}, unknown>(() => sql`update experiments set artifact_location = 'a' || char(0) || 'b' where id = 1`),
      {},
    )
    writer.close()
    const target = await newPostgres()
    const refused = await trackway('copy', file, target)
    expect(refused.status).toBe(1)
    expect(refused.terminal.warnings.join()).toMatch(/experiments\.artifact_location holds .* id "1"/)
    await expectStatus(0, 'copy', file, target, '--replace-nul', '?')
    const back = newFile()
    await expectStatus(0, 'copy', target, back)
    const reader = openSqliteReader(back)
    expect(await reader.dynamic(sql`select artifact_location from experiments where id = 1`)).toEqual([['a?b']])
    reader.close()
  })

  it('copy refuses to go on when the source was changed, unless it may begin again', async () => {
    const file = newFile()
    await expectStatus(0, 'copy', source, file)
    const change = async (statement: string): Promise<void> => {
      const writer = openSqliteWriter(file)
      await writer.run(
        query<{}, unknown>(() => raw(statement)),
        {},
      )
      writer.close()
    }
    await change("update experiments set artifact_location = 'a' || char(0) where id = 1")
    const target = await newPostgres()
    await expectStatus(1, 'copy', file, target)
    await change("update experiments set artifact_location = 'a' where id = 1")
    await change("insert into names (name) values ('added')")
    const refused = await trackway('copy', file, target)
    expect([refused.status, refused.terminal.warnings[0]]).toEqual([
      1,
      expect.stringMatching(/was changed .*\(names\)/),
    ])
    expect((await trackway('copy', source, target)).terminal.warnings[0]).toContain('an unfinished copy of')
    await expectStatus(0, 'copy', file, target, '--restart')
  })

  it('copy tells of a value that is not the same at the end', async () => {
    const target = await newPostgres()
    await expectStatus(0, 'migrate', '--backend-store-uri', target)
    const client = new Client({ connectionString: target, application_name: 'test' })
    await client.connect()
    await client.query(`create function spoil() returns trigger language plpgsql as
      $$ begin if new.id = 1 then new.artifact_location = 'elsewhere'; end if; return new; end $$`)
    await client.query('create trigger spoil before insert on experiments for each row execute function spoil()')
    await client.end()
    const { status, terminal } = await trackway('copy', source, target)
    expect([status, terminal.output]).toEqual([1, ''])
    expect(terminal.warnings.at(-1)).toContain('values of experiments are not the same')
  })

  it('migrate makes a database, and again says that it is there; check tells what is wrong until then', async () => {
    for (const uri of [newFile(), await newPostgres()]) {
      const before = await trackway('check', '--backend-store-uri', uri)
      expect([before.status, before.terminal.warnings[0]]).toEqual([1, expect.stringContaining('trackway db migrate')])
      const [one, other] = await Promise.all([
        trackway('migrate', '--backend-store-uri', uri, '-o', 'json'),
        uri.endsWith('.db') ? undefined : trackway('migrate', '--backend-store-uri', uri, '-o', 'json'),
      ])
      const made = [one, ...(other ? [other] : [])].map(
        ({ terminal }) => (JSON.parse(terminal.output) as { from: number }).from,
      )
      expect(made.filter((from) => from === 0)).toHaveLength(1)
      const again = await trackway('migrate', '--backend-store-uri', uri)
      expect([again.status, again.terminal.output]).toEqual([
        0,
        expect.stringMatching(/ has schema version \d+ already/),
      ])
      expect((await trackway('check', '--backend-store-uri', uri)).status).toBe(0)
    }
  })

  it('migrate waits for a database that is away, as long as it is told to', async () => {
    const uri = 'postgresql://nobody@127.0.0.1:1/none'
    const begun = Date.now()
    const { status, terminal } = await trackway('migrate', '--wait', '1', '--backend-store-uri', uri)
    expect([status, terminal.warnings]).toEqual([
      1,
      [expect.stringContaining('Waiting for'), expect.stringContaining('ECONNREFUSED')],
    ])
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1000)
    const checked = await trackway('check', '--backend-store-uri', uri, '-o', 'json')
    expect([checked.status, JSON.parse(checked.terminal.output)]).toMatchObject([1, { state: 'away' }])
  })

  it('check tells older, newer and other programs’ databases apart', async () => {
    const state = async (uri: string): Promise<string> =>
      (
        JSON.parse((await trackway('check', '--backend-store-uri', uri, '-o', 'json')).terminal.output) as {
          state: string
        }
      ).state
    const postgres = await newPostgres()
    await expectStatus(0, 'migrate', '--backend-store-uri', postgres)
    const client = new Client({ connectionString: postgres })
    await client.connect()
    await client.query('update trackway_schema set version = version - 1')
    expect(await state(postgres)).toBe('older')
    await client.query('update trackway_schema set version = version + 2')
    expect(await state(postgres)).toBe('newer')
    await client.query('drop table trackway_schema')
    expect(await state(postgres)).toBe('foreign')
    await client.end()
    expect(await state(postgres.replace('postgres:', 'nobody:'))).toBe('refused')
    expect(await state(main.replace(/\.ts$/, '.db'))).toBe('missing')
  })

  it('check finds damage, and MLflow’s tables', async () => {
    const file = newFile()
    await expectStatus(0, 'copy', source, file, '--no-compare')
    const bytes = readFileSync(file)
    for (let page = 8; page * 4096 < bytes.length; page++) bytes.fill(0xa5, page * 4096, page * 4096 + 512)
    writeFileSync(file, bytes)
    const damaged = await trackway('check', '--backend-store-uri', file)
    expect([damaged.status, damaged.terminal.warnings[0]]).toEqual([1, expect.stringContaining('damaged')])
    const url = await newPostgres()
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query('create table alembic_version (v text)')
    await client.query('create table experiments (v text)')
    await client.end()
    const foreign = await trackway('check', '--backend-store-uri', url)
    expect([foreign.status, foreign.terminal.warnings[0]]).toEqual([1, expect.stringContaining('made by MLflow')])
  })

  it('refuses the same database twice, and what is no database', async () => {
    await expect(trackway('copy', source, source)).rejects.toThrow('the same database')
    await expect(trackway('copy', source, 'mysql://x/y')).rejects.toThrow("TO 'mysql://x/y'")
    await expect(trackway('copy', source)).rejects.toThrow('TO is missing')
  })

  async function expectStatus(status: number, ...argv: string[]): Promise<void> {
    const done = await trackway(...argv)
    expect([done.status, status === 0 ? done.terminal.warnings : []]).toEqual([status, []])
  }
})

describe('schemaTables', () => {
  it('lists every table of both engines', async () => {
    const names = schemaTables()
      .map(({ name }) => name)
      .toSorted()
    const client = new Client({ connectionString: sharedPostgresUrl().replace(/\/postgres$/, '/trackway_template') })
    await client.connect()
    const { rows } = await client.query("select tablename from pg_tables where schemaname = 'public'")
    await client.end()
    expect(rows.map(({ tablename }) => String(tablename)).toSorted()).toEqual(
      [...names, 'trackway_schema'].map(String).toSorted(),
    )
    expect(copiedTables().length).toBe(names.length - 1)
  })
})

async function trackway(...argv: string[]): Promise<{ status: number; terminal: TestTerminal }> {
  const [name, ...rest] = argv
  const command = db.commands.find((each) => each.name === name)
  const terminal = new TestTerminal()
  return { status: (await command?.run(rest, terminal)) ?? -1, terminal }
}

async function administrate(statement: string): Promise<void> {
  const client = new Client({ connectionString: sharedPostgresUrl() })
  await client.connect()
  await client.query(statement)
  await client.end()
}

/** All tables of a file, rows in the order of their keys. */
async function allRows(file: string): Promise<Record<string, readonly unknown[][]>> {
  const reader = openSqliteReader(file)
  const rows: Record<string, readonly unknown[][]> = {}
  for (const { name, key } of copiedTables()) {
    rows[name] = await reader.dynamic(sql`select * from ${raw(name)} order by ${raw(key.join(', '))}`)
  }
  reader.close()
  return rows
}

/** Rows with every sort of value, in the tables that the demo does not fill and in those of numbers. */
async function fillWhatIsEmpty(file: string): Promise<void> {
  const writer = openSqliteWriter(file)
  for (const table of copiedTables()) {
    const [row] = await writer.dynamic(sql`select count(*) from ${raw(table.name)}`)
    const always = ['metric_points', 'params', 'logged_model_metrics'].includes(table.name)
    if (Number(row?.[0]) > 0 && !always) continue
    const rows = Array.from({ length: 7 }, (_, index) => rowOf(table, index)) as RowOf<Columns>[]
    await writer.insert(insertion<Columns>(table.name, table.columns), rows)
  }
  writer.close()
}

function rowOf({ columns }: SchemaTable, index: number): Record<string, unknown> {
  const value = { key: 900_000 + index, int64: int64s[index], double: doubles[index], text: texts[index] }
  return Object.fromEntries(
    Object.entries(columns).map(([name, kind]) => {
      if (name === 'experiment_id') return [name, 1]
      return [name, kind === 'document' ? Buffer.from(`"${texts[index]}"`) : value[kind]]
    }),
  )
}
