import { readFlags, UsageError } from '../../flags.ts'
import type { Arguments, FlagReading, Flags } from '../../flags.ts'
import { StartupError } from '../../startup-error.ts'
import type { Command, FlagGroup } from '../command.ts'
import { printable } from '../terminal/printable.ts'
import { processTerminal } from '../terminal/terminal.ts'
import type { Terminal } from '../terminal/terminal.ts'

const outputFlags = {
  output: {
    name: 'output',
    short: 'o',
    type: 'string',
    choices: ['text', 'json'],
    default: 'text',
    help: 'For people, or for programs.',
  },
} as const satisfies Flags

/** What all of these commands take. */
export const sharedFlagGroups: readonly FlagGroup[] = [{ title: 'Output', flags: outputFlags }]

interface Call<F extends Flags, A extends Arguments> {
  readonly terminal: Terminal
  readonly output: 'text' | 'json'
  readonly values: FlagReading<F>['values']
  readonly args: FlagReading<F, A>['args']
  /** Where the values that are not defaults came from. */
  readonly sources: FlagReading<F>['sources']
}

interface DbCommand<F extends Flags, A extends Arguments> extends Omit<Command, 'args' | 'flagGroups' | 'run'> {
  readonly args: A
  readonly flags: F
  /** Gives the exit code. */
  readonly run: (call: Call<F, A>) => Promise<number>
}

/** A command that works on a database itself. It exits with 0, 1 for a failure, 2 for a wrong command line. */
export function dbCommand<const F extends Flags, const A extends Arguments>({
  flags,
  args,
  run,
  ...told
}: DbCommand<F, A>): Command {
  return {
    ...told,
    args,
    flagGroups: [{ title: 'Flags', flags }, ...sharedFlagGroups],
    async run(argv, terminal = processTerminal()) {
      const { values, args: given, sources } = readFlags({ ...flags, ...outputFlags }, argv, terminal.env, args)
      const { output } = values as unknown as FlagReading<typeof outputFlags>['values']
      try {
        return await run({ terminal, output, values, args: given, sources } as unknown as Call<F, A>)
      } catch (error) {
        const reason = await reasonOf(error)
        if (reason === undefined) throw error
        terminal.warn(`trackway: ${printable(reason)}`)
        return 1
      }
    },
  }
}

/** What a person reads of a failure; undefined for a fault of ours. */
async function reasonOf(error: unknown): Promise<string | undefined> {
  if (error instanceof UsageError) return undefined
  if (error instanceof StartupError) return error.message
  const { ApiError } = await import('@trackway/api')
  if (error instanceof ApiError) return error.message
  const isOfSystem = error instanceof Error && 'code' in error && typeof error.code === 'string'
  return isOfSystem ? `The database failed: ${error.message || String(error.code)}.` : undefined
}
