import type { Arguments, Flags } from '../flags.ts'
import type { Terminal } from './terminal/terminal.ts'

/** One command of `trackway`, as data: the help, the reference and the dispatch all come from it. */
export interface Command {
  readonly name: string
  readonly summary: string
  /** What it does in a few sentences, one paragraph each. */
  readonly description: readonly string[]
  readonly examples: readonly Example[]
  /** What it takes without a flag; nothing when absent. */
  readonly args?: Arguments
  /** Its flags under headings, in the order of the help. */
  readonly flagGroups: readonly FlagGroup[]
  /** Runs it and gives the exit code. Loads what it needs itself, so that help and errors come at once. */
  run(argv: readonly string[], terminal?: Terminal): Promise<number>
}

/** Commands about one thing, such as `trackway models`. */
export interface CommandGroup {
  readonly name: string
  readonly summary: string
  readonly description: readonly string[]
  readonly examples: readonly Example[]
  readonly commands: readonly Command[]
  /** Flags that all of its commands take. */
  readonly flagGroups: readonly FlagGroup[]
}

interface Example {
  readonly what: string
  readonly line: string
}

export interface FlagGroup {
  readonly title: string
  readonly flags: Flags
}
