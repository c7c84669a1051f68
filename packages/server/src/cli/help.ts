import { placeholderOf } from '../flags.ts'
import type { Argument, Flag, Flags } from '../flags.ts'
import { TRACKWAY_VERSION } from '../version.ts'
import type { Command, CommandGroup } from './command.ts'

const widest = 100
const indent = '      '

/** The text of `trackway --help`. */
export function helpText(commands: readonly (Command | CommandGroup)[]): string {
  return [
    `Trackway ${TRACKWAY_VERSION}: tracks machine-learning work for every MLflow client.`,
    '',
    'Usage: trackway COMMAND [ARGUMENTS] [FLAGS]',
    '',
    'Commands:',
    ...summaryLines(commands),
    '',
    '  trackway help COMMAND   tells about a command',
    '  trackway --version      tells the version',
    '',
  ].join('\n')
}

/** The text of `trackway GROUP --help`. */
export function groupHelpText(group: CommandGroup, width = widest): string {
  return [
    `Usage: trackway ${group.name} COMMAND [ARGUMENTS] [FLAGS]`,
    '',
    ...paragraphs(group, width),
    'Commands:',
    ...summaryLines(group.commands),
    '',
    `  trackway ${group.name} COMMAND --help   tells about a command`,
    '',
    ...exampleLines(group),
    ...group.flagGroups.flatMap(({ title, flags }) => [`${title}:`, ...flagLines(flags, width), '']),
  ].join('\n')
}

/** The text of `trackway COMMAND --help`. `path` is how the command is called, with its group. */
export function commandHelpText(command: Command, path = command.name, width = widest): string {
  const args = Object.values(command.args ?? {})
  return [
    `Usage: ${['trackway', path, ...args.map(argumentUsage), '[FLAGS]'].join(' ')}`,
    '',
    ...paragraphs(command, width),
    ...(args.length === 0 ? [] : ['Arguments:', ...args.flatMap((each) => argumentLine(each, width)), '']),
    ...exampleLines(command),
    ...command.flagGroups.flatMap(({ title, flags }) => [`${title}:`, ...flagLines(flags, width), '']),
  ].join('\n')
}

function summaryLines(commands: readonly (Command | CommandGroup)[]): string[] {
  const longest = Math.max(...commands.map(({ name }) => name.length))
  return commands.map(({ name, summary }) => `  ${name.padEnd(longest)}  ${summary}`)
}

function paragraphs({ summary, description }: Command | CommandGroup, width: number): string[] {
  return [summary, ...description].flatMap((paragraph) => [...wrap(paragraph, '', width), ''])
}

function exampleLines({ examples }: Command | CommandGroup): string[] {
  const lines = examples.flatMap(({ what, line }) => [...(what === '' ? [] : [`  # ${what}`]), `  ${line}`])
  return ['Examples:', ...lines, '']
}

function argumentUsage({ name, optional, repeated }: Argument): string {
  const text = repeated === true ? `${name}...` : name
  return optional === true ? `[${text}]` : text
}

function argumentLine({ name, help }: Argument, width: number): string[] {
  return [`  ${name}`, ...wrap(help, indent, width)]
}

function flagLines(flags: Flags, width: number): string[] {
  const all = Object.values(flags)
  return [
    ...all
      .filter((flag) => flag.ignored === undefined && flag.refused === undefined)
      .flatMap((flag) => flagLine(flag, width)),
    ...nameList(
      'Accepted without effect',
      all.filter((flag) => flag.ignored !== undefined),
      width,
    ),
    ...nameList(
      'Refused',
      all.filter((flag) => flag.refused !== undefined),
      width,
    ),
  ]
}

function flagLine(flag: Flag, width: number): string[] {
  return [
    `  ${spelling(flag)}`,
    ...wrap(flagSentences(flag), indent, width),
    ...(flag.env === undefined || flag.name === undefined ? [] : [`${indent}Environment: ${flag.env.join(', ')}`]),
  ]
}

function nameList(title: string, flags: readonly Flag[], width: number): string[] {
  if (flags.length === 0) return []
  return [
    `  ${title}:`,
    ...wrap(
      flags.map(({ name, env }) => (name === undefined ? (env?.[0] ?? '') : `--${name}`)).join(', '),
      indent,
      width,
    ),
  ]
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

function wrap(text: string, before: string, width: number): string[] {
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
