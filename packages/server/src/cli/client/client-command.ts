import type { Client } from '@trackway/sdk'

import { readFlags } from '../../flags.ts'
import type { Arguments, FlagReading, Flags } from '../../flags.ts'
import type { Command, FlagGroup } from '../command.ts'
import { processTerminal } from '../terminal/terminal.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { connect, connectionFlags, saysWhoCalls } from './connection.ts'
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

/** What commands take that write a file. */
export const fileFlagGroups: readonly FlagGroup[] = sharedFlagGroups.slice(1)

export interface Call<F extends Flags, A extends Arguments> {
  readonly client: Client
  /** A client for somebody else, believed while the server knows no users; the caller's own where it says who it is. */
  readonly clientFor: (user: string) => Promise<Client>
  /** Whether `clientFor` gives the caller's own client. */
  readonly isOneUser: boolean
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
  /** It writes a file, and says by flags of its own how and where. */
  readonly writesFile?: true
  /** Does it, and may give the exit code; 0 when it gives none. */
  readonly run: (call: Call<F, A>) => Promise<number | void>
}

/** A command that calls a server. It exits with 0, 1 for a refusal or a failure, 2 for a wrong command line. */
export function clientCommand<const F extends Flags, const A extends Arguments>({
  flags,
  args,
  writesFile,
  run,
  ...told
}: ClientCommand<F, A>): Command {
  return {
    description: [],
    ...told,
    args,
    flagGroups: [
      ...(Object.keys(flags).length > 0 ? [{ title: 'Flags', flags }] : []),
      ...(writesFile ? fileFlagGroups : sharedFlagGroups),
    ],
    run: (argv, terminal = processTerminal()) => runOnTerminal({ flags, args, writesFile, run }, argv, terminal),
  }
}

async function runOnTerminal<F extends Flags, A extends Arguments>(
  {
    flags,
    args,
    writesFile,
    run,
  }: Pick<ClientCommand<F, A>, 'flags' | 'args' | 'run'> & {
    readonly writesFile: true | undefined
  },
  argv: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const all = { ...flags, ...(writesFile ? {} : outputFlags), ...connectionFlags } as F & typeof shared
  const own = readFlags(all, argv, terminal.env, args)
  const common = own as unknown as FlagReading<typeof shared>
  const client = await connect(common)
  try {
    const isOneUser = saysWhoCalls(common)
    const clientFor = async (username: string): Promise<Client> =>
      isOneUser ? client : connect({ ...common, values: { ...common.values, username, password: 'demo' } })
    const { output } = common.values
    const call = { client, clientFor, isOneUser, terminal, output, values: own.values, args: own.args }
    return (await run({ ...call, sources: own.sources } as unknown as Call<F, A>)) ?? 0
  } catch (error) {
    const lines = await failureLines(error, common.values.trackingUri)
    if (lines === undefined) throw error
    for (const line of lines) terminal.warn(`trackway: ${line}`)
    return 1
  }
}

const shared = { ...outputFlags, ...connectionFlags }
