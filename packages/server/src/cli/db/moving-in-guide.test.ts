import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { Client } from 'pg'
import { expect, test } from 'vitest'

import { checkDatabase } from '../../storage/sql/database-check.ts'
import { openSqliteWriter } from '../../storage/sql/dialects/sqlite.ts'
import { createTrackingStore } from '../../storage/sql/tracking-store.ts'
import { sharedPostgresUrl } from '../../storage/sql/test-postgres-setup.ts'

const run = promisify(execFile)
const guide = new URL('../../../../../docs/guides/moving-in.md', import.meta.url)
const main = fileURLToPath(new URL('../main.ts', import.meta.url))

test('docs/guides/moving-in.md: the commands for the database do what it says', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trackway-moving-'))
  const name = `moving_${process.pid}`
  const client = new Client({ connectionString: sharedPostgresUrl() })
  await client.connect()
  try {
    await client.query(`create database ${name}`)
    mkdirSync(join(folder, 'trackway-data'))
    const database = openSqliteWriter(join(folder, 'trackway-data/trackway.db'))
    await createTrackingStore(database, 'mlflow-artifacts:').prepare()
    database.close()

    const command = join(folder, 'trackway')
    writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" --conditions=source "${main}" "$@"\n`)
    chmodSync(command, 0o755)
    const team = new URL(sharedPostgresUrl())
    team.pathname = name
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, TEAM: team.href }
    const ran: string[] = []
    for (const [, text = ''] of readFileSync(guide, 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)) {
      if (!text.startsWith('trackway db ')) continue
      await run('sh', ['-e', '-c', text], { cwd: folder, env })
      ran.push(...text.trim().split('\n'))
    }
    expect(ran.map((line) => line.split(' ', 3)[2])).toEqual(['check', 'copy', 'check', 'copy', 'migrate'])
    const copy = await checkDatabase({ engine: 'sqlite', file: join(folder, 'copy.db') }, { isThorough: true })
    expect(copy).toMatchObject({ state: 'ready', counts: { experiments: 1 } })
  } finally {
    await client.query(`drop database if exists ${name} with (force)`)
    await client.end()
    rmSync(folder, { recursive: true })
  }
})
