import { describe, expect, it } from 'vitest'

import { readFlags, UsageError } from './flags.ts'
import type { Arguments, Flags } from './flags.ts'

const flags = {
  place: { name: 'place', short: 'l', env: ['PLACE', 'OLD_PLACE'], type: 'string', default: 'here', help: '' },
  count: { name: 'count', env: ['COUNT'], type: 'integer', min: 1, max: 9, help: '' },
  quiet: { name: 'quiet', env: ['QUIET'], type: 'boolean', default: true, help: '' },
  names: { name: 'names', env: ['NAMES'], type: 'list', help: '' },
  level: { name: 'level', type: 'string', choices: ['low', 'HIGH'], help: '' },
  expose: { name: 'expose', env: ['EXPOSE'], type: 'switch', help: '' },
  hidden: { env: ['HIDDEN'], type: 'boolean', help: '' },
  threads: { name: 'threads', env: ['THREADS'], type: 'string', help: '', ignored: 'there are none.' },
  danger: { name: 'danger', env: ['DANGER'], type: 'boolean', help: '', refused: 'it is dangerous.' },
} as const satisfies Flags

const read = (argv: string[], env: Record<string, string> = {}) => readFlags(flags, argv, env)
const complaint = (argv: string[], env: Record<string, string> = {}): string => {
  try {
    read(argv, env)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

describe('readFlags', () => {
  it('gives the defaults where nothing is set', () => {
    expect(read([]).values).toEqual({
      place: 'here',
      count: undefined,
      quiet: true,
      names: [],
      level: undefined,
      expose: false,
      hidden: false,
      threads: undefined,
      danger: false,
    })
  })

  it('takes a flag before the environment and the environment before the default', () => {
    expect(read([], { PLACE: 'env' }).values.place).toBe('env')
    expect(read(['--place', 'flag'], { PLACE: 'env' }).values.place).toBe('flag')
    expect(read(['--place', 'flag'], { PLACE: 'env' }).sources.place).toBe('--place')
    expect(read([], { OLD_PLACE: 'old' }).sources.place).toBe('OLD_PLACE')
    expect(read([], { PLACE: 'new', OLD_PLACE: 'old' }).values.place).toBe('new')
  })

  it('counts an empty environment variable as not set', () => {
    expect(read([], { PLACE: '  ', COUNT: '' }).values).toMatchObject({ place: 'here', count: undefined })
  })

  it('takes every spelling of a flag, and the last of several', () => {
    expect(read(['--place=a']).values.place).toBe('a')
    expect(read(['-l', 'b']).values.place).toBe('b')
    expect(read(['--place', 'a', '-l', 'c']).values.place).toBe('c')
  })

  it('takes a value that begins with a dash unless it is a flag', () => {
    expect(read(['--threads', '--log-level debug']).values.threads).toBe('--log-level debug')
    expect(complaint(['--place', '--count', '3'])).toBe(
      '--place takes a value, but the flag --count follows: --place TEXT',
    )
    expect(complaint(['--count'])).toBe('--count takes a value: --count NUMBER')
  })

  it('reads booleans from flags and the environment', () => {
    expect(read(['--no-quiet'], { QUIET: 'true' }).values.quiet).toBe(false)
    expect(read(['--quiet'], { QUIET: '0' }).values.quiet).toBe(true)
    expect(read(['--quiet=false']).values.quiet).toBe(false)
    expect(read([], { QUIET: 'False' }).values.quiet).toBe(false)
    expect(read([], { HIDDEN: '1' }).values.hidden).toBe(true)
    expect(complaint([], { QUIET: 'maybe' })).toBe("QUIET takes 'true' or 'false', got 'maybe'.")
  })

  it('takes a switch with and without a value', () => {
    expect(read(['--expose']).values.expose).toBe(true)
    expect(read(['--expose', '--count', '3']).values).toMatchObject({ expose: true, count: 3 })
    expect(read(['--expose', './folder']).values.expose).toBe(true)
    expect(read(['--no-expose'], { EXPOSE: '/folder' }).values.expose).toBe(false)
    expect(read([], { EXPOSE: 'false' }).values.expose).toBe(false)
  })

  it('refuses numbers that are none or out of range', () => {
    for (const text of ['0', '10', 'abc', '1.5', '0x3', '']) {
      expect(complaint([`--count=${text}`])).toBe(`--count takes a whole number from 1 to 9, got '${text}'.`)
    }
    expect(complaint([], { COUNT: 'ten' })).toBe("COUNT takes a whole number from 1 to 9, got 'ten'.")
  })

  it('splits lists at commas', () => {
    expect(read(['--names', ' a, b,,c ']).values.names).toEqual(['a', 'b', 'c'])
  })

  it('refuses a value that is not among the choices and takes any letter case', () => {
    expect(read(['--level', 'high']).values.level).toBe('HIGH')
    expect(complaint(['--level', 'mid'])).toBe("--level takes one of low, HIGH, got 'mid'.")
  })

  it('suggests the nearest flag for an unknown one', () => {
    expect(complaint(['--plase', 'x'])).toBe("Unknown flag '--plase'. Did you mean '--place'?")
    expect(complaint(['--zzzzzzzzz=1'])).toBe("Unknown flag '--zzzzzzzzz'.")
    expect(complaint(['-x'])).toBe("Unknown flag '-x'.")
    expect(complaint(['--hidden'])).toBe("Unknown flag '--hidden'.")
  })

  it('refuses arguments that are no flags', () => {
    expect(complaint(['stray'])).toContain("Unexpected argument 'stray'")
    expect(complaint(['--', '--place'])).toContain("Unexpected argument '--place'")
  })

  it('tells of an ignored flag and stops at a refused one', () => {
    expect(read(['--threads', '4']).notices).toEqual(['--threads has no effect: there are none.'])
    expect(read([], { THREADS: '4' }).notices).toEqual(['THREADS has no effect: there are none.'])
    expect(complaint(['--danger'])).toBe('--danger is not supported: it is dangerous.')
    expect(read([], { DANGER: 'false' }).values.danger).toBe(false)
  })
})

describe('readFlags with arguments', () => {
  const args = {
    model: { name: 'MODEL', help: 'A model.' },
    stage: { name: 'STAGE', choices: ['None', 'Staging'], help: 'A stage.' },
    tags: { name: 'TAG', repeated: true, help: 'A tag.' },
  } as const satisfies Arguments
  const tag = { tag: { name: 'tag', type: 'repeated', help: '' } } as const satisfies Flags

  it('takes arguments by their place, flags between them', () => {
    const { args: given, values } = readFlags(
      tag,
      ['churn', '--tag', 'a=1,2', 'STAGING', 'x', '--tag=b', 'y'],
      {},
      args,
    )
    expect(given).toEqual({ model: 'churn', stage: 'Staging', tags: ['x', 'y'] })
    expect(values.tag).toEqual(['a=1,2', 'b'])
  })

  it('takes what follows -- as it is', () => {
    expect(readFlags({}, ['--', '--x', 'none', '-y'], {}, args).args).toEqual({
      model: '--x',
      stage: 'None',
      tags: ['-y'],
    })
  })

  it('leaves out only what is optional', () => {
    const one = { id: { name: 'ID', help: 'An id.', optional: true } } as const satisfies Arguments
    expect(readFlags({}, [], {}, one).args).toEqual({ id: undefined })
    expect(() => readFlags({}, ['churn'], {}, args)).toThrow('STAGE is missing: a stage.')
    expect(() => readFlags({}, ['churn', 'None'], {}, args)).toThrow('TAG is missing: a tag.')
  })

  it('refuses an argument too many and a value that is no choice', () => {
    expect(() => readFlags({}, ['a', 'b'], {}, { model: args.model })).toThrow("Unexpected argument 'b'.")
    expect(() => readFlags({}, ['a', 'prod', 'x'], {}, args)).toThrow("STAGE is one of None, Staging, got 'prod'.")
  })
})
