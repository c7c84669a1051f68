import { UsageError } from '../../flags.ts'
import type { Flags } from '../../flags.ts'
import { printable } from '../terminal/printable.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { CommandError } from './failure.ts'

export const yesFlag = {
  yes: { name: 'yes', short: 'y', type: 'boolean', help: 'Does it without asking, as scripts must.' },
} as const satisfies Flags

/**
 * Has the user type the name of what is to be deleted.
 * @throws UsageError where nobody is there to ask, CommandError where the answer is another.
 */
export async function confirmDeletion(
  terminal: Terminal,
  { what, name, yes }: { readonly what: string; readonly name: string; readonly yes: boolean },
): Promise<void> {
  if (yes) return
  const answer = await terminal.ask(printable(`Deletes ${what}. Type ${name} to go on: `))
  if (answer === undefined) {
    throw new UsageError(`Nobody is there to be asked: give --yes to delete ${what}.`)
  }
  if (answer.trim() !== printable(name).trim()) throw new CommandError('Nothing was deleted.')
}
