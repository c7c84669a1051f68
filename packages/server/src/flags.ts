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
  /**
   * 'list' is comma-separated; of 'repeated' every occurrence counts, whole; 'switch' is a boolean whose flag may be
   * followed by a value, as in MLflow.
   */
  readonly type: 'string' | 'integer' | 'boolean' | 'list' | 'repeated' | 'switch'
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

/** What a command takes without a flag, by its place. */
export interface Argument {
  /** As the help shows it, such as NAME. */
  readonly name: string
  /** One sentence. */
  readonly help: string
  /** The only values allowed; letter case does not matter. */
  readonly choices?: readonly string[]
  /** May be left out; only the last one can be. */
  readonly optional?: true
  /** Takes all that is left, one at least; only the last one can. */
  readonly repeated?: true
}

/** In the order in which they are given. */
export type Arguments = Readonly<Record<string, Argument>>

type Value<F extends Flag> = F['type'] extends 'boolean' | 'switch'
  ? boolean
  : F['type'] extends 'list' | 'repeated'
    ? readonly string[]
    : F['type'] extends 'integer'
      ? number | (F extends { default: number } ? never : undefined)
      : Text<F> | (F extends { default: string } ? never : undefined)

type Text<F extends Flag | Argument> = F extends { choices: readonly (infer C)[] } ? C : string

type ArgumentValue<A extends Argument> = A extends { repeated: true }
  ? readonly string[]
  : Text<A> | (A extends { optional: true } ? undefined : never)

export interface FlagReading<F extends Flags, A extends Arguments = {}> {
  readonly values: { readonly [K in keyof F]: Value<F[K]> }
  readonly args: { readonly [K in keyof A]: ArgumentValue<A[K]> }
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
 * @throws UsageError for an unknown flag, a value of the wrong type, a missing value, an argument missing or too many.
 */
export function readFlags<const F extends Flags, const A extends Arguments = {}>(
  flags: F,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  expected?: A,
): FlagReading<F, A> {
  const { given, positionals } = readArguments(flags, argv)
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
  const args = placeArguments(expected ?? {}, positionals)
  return { values, args, sources, notices } as unknown as FlagReading<F, A>
}

function placeArguments(expected: Arguments, positionals: readonly string[]): Record<string, unknown> {
  const left = [...positionals]
  const args: Record<string, unknown> = {}
  for (const [key, argument] of Object.entries(expected)) {
    if (left.length === 0 && argument.optional !== true) {
      throw new UsageError(`${argument.name} is missing: ${firstLowered(argument.help)}`)
    }
    args[key] = argument.repeated === true ? left.splice(0) : chosen(argument, left.shift())
  }
  const [extra] = left
  if (extra === undefined) return args
  if (Object.keys(expected).length > 0) throw new UsageError(`Unexpected argument '${extra}'.`)
  throw new UsageError(`Unexpected argument '${extra}': settings are given as flags, such as --port 5001.`)
}

function firstLowered(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
}

function chosen({ name, choices }: Argument, text: string | undefined): string | undefined {
  if (choices === undefined || text === undefined) return text
  const choice = choices.find((each) => each.toLowerCase() === text.toLowerCase())
  if (choice === undefined) throw new UsageError(`${name} is one of ${choices.join(', ')}, got '${text}'.`)
  return choice
}

interface Given {
  readonly source: string
  /** Of the last occurrence. */
  readonly text: string
  /** Of every occurrence. */
  readonly texts: readonly string[]
}

function readArguments(
  flags: Flags,
  argv: readonly string[],
): { given: Map<string, Given>; positionals: readonly string[] } {
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
  const positionals: string[] = []
  const give = (key: string, source: string, text: string): void => {
    given.set(key, { source, text, texts: [...(given.get(key)?.texts ?? []), text] })
  }
  const { tokens } = parseArgs({ args: closeSwitches(flags, argv), options, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
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
      give(key, source, negate(token.name !== flag.name, token.value ?? 'true'))
      continue
    }
    if (token.value === undefined || (!token.inlineValue && known.includes(token.value))) {
      const instead = token.value === undefined ? '' : `, but the flag ${token.value} follows`
      throw new UsageError(`${source} takes a value${instead}: ${source} ${placeholderOf(flag)}`)
    }
    give(key, source, token.value)
  }
  return { given, positionals }
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
    if (text !== undefined && text !== '') return { source, text, texts: [text] }
  }
  return undefined
}

function emptyValue(flag: Flag): unknown {
  if (flag.type === 'list' || flag.type === 'repeated') return []
  return flag.type === 'boolean' || flag.type === 'switch' ? false : undefined
}

const yes = ['true', '1', 'yes', 'on', 't', 'y']
const no = ['false', '0', 'no', 'off', 'f', 'n']

function parseValue(flag: Flag, { source, text, texts }: Given): unknown {
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
    case 'repeated':
      return texts
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
