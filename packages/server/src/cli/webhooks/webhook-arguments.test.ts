import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { eventKinds } from '@trackway/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { TestTerminal } from '../terminal/test-terminal.ts'
import { eventFields, kindsOf, readSecret } from './webhook-arguments.ts'

describe('eventFields', () => {
  it('parts the events of MLflow from the others', async () => {
    expect(await eventFields(['model_version.created', 'run.failed', 'prompt_alias.deleted'])).toEqual({
      events: [
        { entity: 'MODEL_VERSION', action: 'CREATED' },
        { entity: 'PROMPT_ALIAS', action: 'DELETED' },
      ],
      trackway_events: ['run.failed'],
    })
  })

  it('and kindsOf keep every kind', async () => {
    const kinds = Object.keys(eventKinds)
    const webhook = { ...(await eventFields(kinds)) } as unknown as Parameters<typeof kindsOf>[0]
    expect(kindsOf(webhook).toSorted()).toEqual(kinds.toSorted())
  })

  it('refuses what is no kind, and suggests the nearest', async () => {
    await expect(eventFields(['model_version.create'])).rejects.toThrow("Did you mean 'model_version.created'?")
    await expect(eventFields(['toString'])).rejects.toThrow('is no kind of event')
  })
})

describe('readSecret', () => {
  let folder: string
  const terminal = new TestTerminal()
  const read = (secretEnv?: string, secretFile?: string): Promise<string | undefined> =>
    readSecret(terminal, { secretEnv, secretFile })

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trackway-secret-'))
    terminal.env['DEPLOY_SECRET'] = 'from env'
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('reads a variable, a file without its last line break, or the standard input', async () => {
    writeFileSync(join(folder, 'secret'), ' a b \n')
    terminal.input = 'typed\r\n'
    expect(await read('DEPLOY_SECRET')).toBe('from env')
    expect(await read(undefined, join(folder, 'secret'))).toBe(' a b ')
    expect(await read(undefined, '-')).toBe('typed')
    expect(await read()).toBeUndefined()
  })

  it('refuses what holds nothing, so that no webhook goes unsigned by mistake', async () => {
    writeFileSync(join(folder, 'empty'), '\n')
    await expect(read('NOT_SET')).rejects.toThrow('the variable NOT_SET holds nothing')
    await expect(read(undefined, join(folder, 'empty'))).rejects.toThrow('holds nothing')
    await expect(read(undefined, join(folder, 'absent'))).rejects.toThrow('it does not exist')
    await expect(read('DEPLOY_SECRET', 'x')).rejects.toThrow('give one')
  })
})
