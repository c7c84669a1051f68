import { UsageError } from '../flags.ts'
import { nearest } from '../nearest.ts'
import { TRACKWAY_VERSION } from '../version.ts'
import type { Command, CommandGroup } from './command.ts'
import { commands } from './commands.ts'
import { commandHelpText, groupHelpText, helpText } from './help.ts'
import { printable } from './terminal/printable.ts'

/** Runs the command that the arguments name. The exit code is 0, 1 for a failure or 2 for a wrong command line. */
async function main(argv: readonly string[]): Promise<number> {
  const [first, ...rest] = argv
  if (first === undefined) {
    process.stderr.write(helpText(commands))
    return 2
  }
  if (first === '--version' || first === '-V') return tell(`trackway ${TRACKWAY_VERSION}\n`)
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) return tell(helpText(commands))

  const words = first === 'help' ? rest : argv
  const name = words[0] ?? ''
  const found = commands.find((each) => each.name === name)
  if (found === undefined)
    return unknown(name, '', [...commands.map((each) => each.name), 'help', '--help', '--version'])
  const isHelp = first === 'help'
  if ('commands' in found) return runInGroup(found, words.slice(1), isHelp)
  return runCommand(found, found.name, words.slice(1), isHelp)
}

async function runInGroup(group: CommandGroup, argv: readonly string[], isHelp: boolean): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined && !isHelp) {
    process.stderr.write(groupHelpText(group, helpWidth(process.stderr)))
    return 2
  }
  if (name === undefined || name === '--help' || name === '-h') {
    return tell(groupHelpText(group, helpWidth(process.stdout)))
  }
  const command = group.commands.find((each) => each.name === name)
  if (command === undefined) {
    return unknown(
      name,
      `${group.name} `,
      group.commands.map((each) => each.name),
    )
  }
  return runCommand(command, `${group.name} ${name}`, rest, isHelp)
}

async function runCommand(command: Command, path: string, argv: readonly string[], isHelp: boolean): Promise<number> {
  const usesShortH = command.flagGroups.some(({ flags }) => Object.values(flags).some(({ short }) => short === 'h'))
  if (isHelp || argv.includes('--help') || (argv.includes('-h') && !usesShortH)) {
    return tell(commandHelpText(command, path, helpWidth(process.stdout)))
  }
  try {
    return await command.run(argv)
  } catch (error) {
    if (error instanceof UsageError) return complain(error.message, `trackway ${path} --help`)
    throw error
  }
}

function unknown(name: string, group: string, known: readonly string[]): number {
  const suggestion = nearest(name, known)
  const hint = suggestion === undefined ? '' : ` Did you mean '${group}${suggestion}'?`
  return complain(`Unknown command '${group}${name}'.${hint}`, `trackway ${group}--help`)
}

/** Lines are never longer than is good to read. */
function helpWidth({ isTTY, columns }: NodeJS.WriteStream): number {
  return isTTY ? Math.min(columns || 80, 100) : 100
}

function tell(text: string): number {
  process.stdout.write(text)
  return 0
}

function complain(message: string, help: string): number {
  process.stderr.write(`trackway: ${printable(message)}\nSee ${help}\n`)
  return 2
}

process.exitCode = await main(process.argv.slice(2))
