import { placeholderOf } from '../flags.ts'
import type { Flag, Flags } from '../flags.ts'
import { TRACKWAY_VERSION } from '../version.ts'
import type { Command } from './command.ts'

const width = 100
const indent = '      '

/** The text of `trackway --help`. */
export function helpText(commands: readonly Command[]): string {
  const longest = Math.max(...commands.map(({ name }) => name.length))
  return [
    `Trackway ${TRACKWAY_VERSION}: tracks machine-learning work for every MLflow client.`,
    '',
    'Usage: trackway COMMAND [FLAGS]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(longest)}  ${summary}`),
    '',
    '  trackway help COMMAND   tells about a command',
    '  trackway --version      tells the version',
    '',
  ].join('\n')
}

/** The text of `trackway COMMAND --help`. */
export function commandHelpText(command: Command): string {
  return [
    `Usage: trackway ${command.name} [FLAGS]`,
    '',
    command.summary,
    '',
    ...command.description.flatMap((paragraph) => [...wrap(paragraph, ''), '']),
    'Examples:',
    ...command.examples.flatMap(({ what, line }) => [`  # ${what}`, `  ${line}`]),
    '',
    ...command.flagGroups.flatMap(({ title, flags }) => [`${title}:`, ...flagLines(flags), '']),
  ].join('\n')
}

function flagLines(flags: Flags): string[] {
  const all = Object.values(flags)
  return [
    ...all.filter((flag) => flag.ignored === undefined && flag.refused === undefined).flatMap(flagLine),
    ...nameList(
      'Accepted without effect',
      all.filter((flag) => flag.ignored !== undefined),
    ),
    ...nameList(
      'Refused',
      all.filter((flag) => flag.refused !== undefined),
    ),
  ]
}

function flagLine(flag: Flag): string[] {
  return [
    `  ${spelling(flag)}`,
    ...wrap(flagSentences(flag), indent),
    ...(flag.env === undefined || flag.name === undefined ? [] : [`${indent}Environment: ${flag.env.join(', ')}`]),
  ]
}

function nameList(title: string, flags: readonly Flag[]): string[] {
  if (flags.length === 0) return []
  return [`  ${title}:`, ...wrap(flags.map(({ name }) => `--${name}`).join(', '), indent)]
}

/** How a flag is written: `-p, --port NUMBER`. A setting without a flag goes by its environment variable. */
export function spelling(flag: Flag): string {
  if (flag.name === undefined) return `${flag.env?.join(', ') ?? ''} (environment only)`
  const short = flag.short === undefined ? '' : `-${flag.short}, `
  if (flag.type === 'switch') return `${short}--${flag.name}`
  if (flag.type === 'boolean') {
    return flag.default === true ? `${short}--${flag.name}, --no-${flag.name}` : `${short}--${flag.name}`
  }
  return `${short}--${flag.name} ${placeholderOf(flag)}`
}

/** What a flag does, its default, and whether it has an effect. */
export function flagSentences(flag: Flag): string {
  const sentences = [flag.help]
  if (flag.ignored !== undefined) sentences.push(`Accepted without effect: ${flag.ignored}`)
  if (flag.refused !== undefined) sentences.push(`Refused: ${flag.refused}`)
  if (flag.default !== undefined) sentences.push(`Default: ${String(flag.default)}.`)
  return sentences.join(' ')
}

function wrap(text: string, before: string): string[] {
  const lines: string[] = []
  let line = before
  for (const word of text.split(' ')) {
    if (line.length + word.length > width && line !== before) {
      lines.push(line.trimEnd())
      line = before
    }
    line += `${word} `
  }
  return [...lines, line.trimEnd()]
}
