import type { Client } from '@trackway/sdk'

import { readFlags } from '../../flags.ts'
import type { Arguments, FlagReading, Flags } from '../../flags.ts'
import type { Command, FlagGroup } from '../command.ts'
import { processTerminal } from '../terminal/terminal.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { connect, connectionFlags } from './connection.ts'
import { failureLines } from './failure.ts'

const outputFlags = {
  output: {
    name: 'output',
    short: 'o',
    type: 'string',
    choices: ['table', 'json'],
    default: 'table',
    help: "For people, or what the server answered, with the names of MLflow's REST API.",
  },
} as const satisfies Flags

/** What every command that calls a server takes beside its own flags. */
export const sharedFlagGroups: readonly FlagGroup[] = [
  { title: 'Output', flags: outputFlags },
  { title: 'Server', flags: connectionFlags },
]

export interface Call<F extends Flags, A extends Arguments> {
  readonly client: Client
  readonly terminal: Terminal
  readonly output: 'table' | 'json'
  readonly values: FlagReading<F>['values']
  readonly args: FlagReading<F, A>['args']
  /** Where the values that are not defaults came from. */
  readonly sources: FlagReading<F>['sources']
}

interface ClientCommand<F extends Flags, A extends Arguments> {
  readonly name: string
  readonly summary: string
  readonly description?: readonly string[]
  readonly examples: Command['examples']
  readonly args: A
  readonly flags: F
  /** Does it, and may give the exit code; 0 when it gives none. */
  readonly run: (call: Call<F, A>) => Promise<number | void>
}

/** A command that calls a server. It exits with 0, 1 for a refusal or a failure, 2 for a wrong command line. */
export function clientCommand<const F extends Flags, const A extends Arguments>({
  flags,
  args,
  run,
  ...told
}: ClientCommand<F, A>): Command {
  return {
    description: [],
    ...told,
    args,
    flagGroups: [...(Object.keys(flags).length > 0 ? [{ title: 'Flags', flags }] : []), ...sharedFlagGroups],
    run: (argv, terminal = processTerminal()) => runOnTerminal({ flags, args, run }, argv, terminal),
  }
}

async function runOnTerminal<F extends Flags, A extends Arguments>(
  { flags, args, run }: Pick<ClientCommand<F, A>, 'flags' | 'args' | 'run'>,
  argv: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const own = readFlags({ ...flags, ...outputFlags, ...connectionFlags } as F & typeof shared, argv, terminal.env, args)
  const common = own as unknown as FlagReading<typeof shared>
  const client = await connect(common)
  try {
    const call = { client, terminal, output: common.values.output, values: own.values, args: own.args }
    return (await run({ ...call, sources: own.sources } as unknown as Call<F, A>)) ?? 0
  } catch (error) {
    const lines = await failureLines(error, common.values.trackingUri)
    if (lines === undefined) throw error
    for (const line of lines) terminal.warn(`trackway: ${line}`)
    return 1
  }
}

const shared = { ...outputFlags, ...connectionFlags }
