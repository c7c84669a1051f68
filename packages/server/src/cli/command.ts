import type { Flags } from '../flags.ts'

/** One command of `trackway`, as data: the help, the reference and the dispatch all come from it. */
export interface Command {
  readonly name: string
  readonly summary: string
  /** What it does in a few sentences, one paragraph each. */
  readonly description: readonly string[]
  readonly examples: readonly { readonly what: string; readonly line: string }[]
  /** Its flags under headings, in the order of the help. */
  readonly flagGroups: readonly { readonly title: string; readonly flags: Flags }[]
  /** Runs it and gives the exit code. Loads what it needs itself, so that help and errors come at once. */
  run(argv: readonly string[]): Promise<number>
}
