import { parseArgs } from 'node:util'

import { nearest } from './nearest.ts'

/** One setting of a command: its flag, its environment variables, its type, and what is told about it. */
export interface Flag {
  /** Long name without dashes; absent where only the environment sets it. */
  readonly name?: string
  /** One letter. */
  readonly short?: string
  /** Environment variables, the first that is set and not empty counts. */
  readonly env?: readonly string[]
  /** 'list' is comma-separated; 'switch' is a boolean whose flag may be followed by a value, as in MLflow. */
  readonly type: 'string' | 'integer' | 'boolean' | 'list' | 'switch'
  /** The only values allowed of a string; letter case does not matter. */
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly default?: string | number | boolean
  /** What the help shows as the value, such as PATH. */
  readonly placeholder?: string
  /** One or two sentences. */
  readonly help: string
  /** Why it has no effect here: it is accepted with a notice so that start scripts written for MLflow go on working. */
  readonly ignored?: string
  /** Why the server must not start with it: ignoring it would do something else than was asked for. */
  readonly refused?: string
}

export type Flags = Readonly<Record<string, Flag>>

type Value<F extends Flag> = F['type'] extends 'boolean' | 'switch'
  ? boolean
  : F['type'] extends 'list'
    ? readonly string[]
    : F['type'] extends 'integer'
      ? number | (F extends { default: number } ? never : undefined)
      : Text<F> | (F extends { default: string } ? never : undefined)

type Text<F extends Flag> = F extends { choices: readonly (infer C)[] } ? C : string

export interface FlagReading<F extends Flags> {
  readonly values: { readonly [K in keyof F]: Value<F[K]> }
  /** Where each value that is not the default came from: '--port' or 'MLFLOW_PORT'. */
  readonly sources: { readonly [K in keyof F]?: string }
  /** One sentence for each ignored flag that was given. */
  readonly notices: readonly string[]
}

/** The command line or the environment cannot be understood. The message says what was given and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Reads a command's settings: a flag counts before the environment, the environment before the default; of a flag
 * given twice the last counts. An environment variable that is set to nothing counts as not set.
 * @throws UsageError for an unknown flag, a value of the wrong type, a missing value or an argument too many.
 */
export function readFlags<const F extends Flags>(
  flags: F,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): FlagReading<F> {
  const given = readArguments(flags, argv)
  const values: Record<string, unknown> = {}
  const sources: Record<string, string> = {}
  const notices: string[] = []
  for (const [key, flag] of Object.entries(flags)) {
    const found = given.get(key) ?? fromEnvironment(flag, env)
    values[key] = found === undefined ? (flag.default ?? emptyValue(flag)) : parseValue(flag, found)
    if (found === undefined) continue
    sources[key] = found.source
    if (values[key] === false) continue
    if (flag.refused !== undefined) throw new UsageError(`${found.source} is not supported: ${flag.refused}`)
    if (flag.ignored !== undefined) notices.push(`${found.source} has no effect: ${flag.ignored}`)
  }
  return { values, sources, notices } as unknown as FlagReading<F>
}

interface Given {
  readonly source: string
  readonly text: string
}

function readArguments(flags: Flags, argv: readonly string[]): Map<string, Given> {
  const keys = new Map<string, string>()
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {}
  for (const [key, { name, short, type }] of Object.entries(flags)) {
    if (name === undefined) continue
    keys.set(name, key)
    options[name] = { type: type === 'boolean' ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) }
    if (type !== 'boolean' && type !== 'switch') continue
    keys.set(`no-${name}`, key)
    options[`no-${name}`] = { type: 'boolean' }
  }

  const spelled = (name: string): string => `--${name}`
  const known = [...keys.keys()].map(spelled)
  const given = new Map<string, Given>()
  const { tokens } = parseArgs({ args: closeSwitches(flags, argv), options, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind === 'positional') {
      throw new UsageError(`Unexpected argument '${token.value}': settings are given as flags, such as --port 5001.`)
    }
    if (token.kind !== 'option') continue
    const key = keys.get(token.name)
    const flag = key === undefined ? undefined : flags[key]
    if (key === undefined || flag === undefined) {
      const suggestion = nearest(token.rawName, known)
      throw new UsageError(
        `Unknown flag '${token.rawName}'.${suggestion === undefined ? '' : ` Did you mean '${suggestion}'?`}`,
      )
    }
    const source = spelled(token.name)
    if (options[token.name]?.type === 'boolean') {
      given.set(key, { source, text: negate(token.name !== flag.name, token.value ?? 'true') })
      continue
    }
    if (token.value === undefined || (!token.inlineValue && known.includes(token.value))) {
      const instead = token.value === undefined ? '' : `, but the flag ${token.value} follows`
      throw new UsageError(`${source} takes a value${instead}: ${source} ${placeholderOf(flag)}`)
    }
    given.set(key, { source, text: token.value })
  }
  return given
}

/** parseArgs knows no optional values: `--switch` before another flag or at the end becomes `--switch=true`. */
function closeSwitches(flags: Flags, argv: readonly string[]): string[] {
  const switches = new Set(Object.values(flags).flatMap(({ name, type }) => (type === 'switch' ? [`--${name}`] : [])))
  return argv.map((argument, index) => {
    const next = argv[index + 1]
    return switches.has(argument) && (next === undefined || next.startsWith('-')) ? `${argument}=true` : argument
  })
}

function negate(negated: boolean, text: string): string {
  if (!negated) return text
  return text === 'true' ? 'false' : text === 'false' ? 'true' : text
}

function fromEnvironment(flag: Flag, env: Readonly<Record<string, string | undefined>>): Given | undefined {
  for (const source of flag.env ?? []) {
    const text = env[source]?.trim()
    if (text !== undefined && text !== '') return { source, text }
  }
  return undefined
}

function emptyValue(flag: Flag): unknown {
  if (flag.type === 'list') return []
  return flag.type === 'boolean' || flag.type === 'switch' ? false : undefined
}

const yes = ['true', '1', 'yes', 'on', 't', 'y']
const no = ['false', '0', 'no', 'off', 'f', 'n']

function parseValue(flag: Flag, { source, text }: Given): unknown {
  const refuse = (allowed: string): UsageError => new UsageError(`${source} takes ${allowed}, got '${text}'.`)
  switch (flag.type) {
    case 'switch':
      return !no.includes(text.toLowerCase())
    case 'boolean':
      if (yes.includes(text.toLowerCase())) return true
      if (no.includes(text.toLowerCase())) return false
      throw refuse("'true' or 'false'")
    case 'integer': {
      const { min = 0, max = Number.MAX_SAFE_INTEGER } = flag
      const value = /^\d+$/.test(text) ? Number(text) : NaN
      if (value >= min && value <= max) return value
      throw refuse(`a whole number from ${min} to ${max}`)
    }
    case 'list':
      return text.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]))
    case 'string': {
      if (flag.choices === undefined) {
        if (text === '') throw refuse('a value that is not empty')
        return text
      }
      const choice = flag.choices.find((each) => each.toLowerCase() === text.toLowerCase())
      if (choice !== undefined) return choice
      throw refuse(`one of ${flag.choices.join(', ')}`)
    }
  }
}

/** What stands for the flag's value in help and errors. */
export function placeholderOf(flag: Flag): string {
  if (flag.placeholder !== undefined) return flag.placeholder
  if (flag.choices !== undefined) return flag.choices.join('|')
  return flag.type === 'integer' ? 'NUMBER' : flag.type === 'list' ? 'LIST' : 'TEXT'
}
