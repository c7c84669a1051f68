import { UsageError } from '../flags.ts'
import { nearest } from '../nearest.ts'
import { TRACKWAY_VERSION } from '../version.ts'
import { commands } from './commands.ts'
import { commandHelpText, helpText } from './help.ts'

/** Runs the command that the arguments name. The exit code is 0, 1 for a failure or 2 for a wrong command line. */
async function main(argv: readonly string[]): Promise<number> {
  const [first, ...rest] = argv
  if (first === undefined) {
    process.stderr.write(helpText(commands))
    return 2
  }
  if (first === '--version' || first === '-V') return tell(`trackway ${TRACKWAY_VERSION}\n`)
  if (first === '--help' || (first === 'help' && rest.length === 0)) return tell(helpText(commands))

  const name = first === 'help' ? (rest[0] ?? '') : first
  const command = commands.find((each) => each.name === name)
  if (command === undefined) {
    const suggestion = nearest(name, [...commands.map((each) => each.name), 'help', '--help', '--version'])
    const hint = suggestion === undefined ? '' : ` Did you mean '${suggestion}'?`
    return complain(`Unknown command '${name}'.${hint}`, 'trackway --help')
  }
  if (first === 'help' || rest.includes('--help')) return tell(commandHelpText(command))

  try {
    return await command.run(rest)
  } catch (error) {
    if (error instanceof UsageError) return complain(error.message, `trackway ${command.name} --help`)
    throw error
  }
}

function tell(text: string): number {
  process.stdout.write(text)
  return 0
}

function complain(message: string, help: string): number {
  process.stderr.write(`trackway: ${message}\nSee ${help}\n`)
  return 2
}

process.exitCode = await main(process.argv.slice(2))
