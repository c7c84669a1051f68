import type { Flag } from '../flags.ts'
import { commands } from './commands.ts'
import { commandHelpText, flagSentences, helpText, spelling } from './help.ts'

/** docs/reference/cli.md: what every `--help` prints. */
export function cliReference(): string {
  return [
    '# Command line',
    '',
    'Generated from the commands by `npm run docs`.',
    '',
    ...codeBlock(helpText(commands)),
    ...commands.flatMap((command) => [`## trackway ${command.name}`, '', ...codeBlock(commandHelpText(command))]),
  ].join('\n')
}

/** docs/reference/config.md: every flag and environment variable. */
export function configReference(): string {
  return [
    '# Configuration',
    '',
    'Generated from the flags by `npm run docs`. A flag counts before its environment variable, the variable before the',
    'default. A variable that is set to nothing counts as not set. Relative paths lie in the folder in which the command',
    'runs.',
    '',
    ...commands.flatMap((command) => [
      `## trackway ${command.name}`,
      '',
      ...command.flagGroups.flatMap(({ title, flags }) => [
        `### ${title}`,
        '',
        '| flag | environment | what it does |',
        '| --- | --- | --- |',
        ...Object.values(flags).map(tableRow),
        '',
      ]),
    ]),
  ].join('\n')
}

function tableRow(flag: Flag): string {
  const name = flag.name === undefined ? '' : code(spelling(flag))
  const env = (flag.env ?? []).map(code).join(', ')
  return `| ${[name, env, flagSentences(flag)].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text: string): string {
  return `\`${text}\``
}

function codeBlock(text: string): string[] {
  return ['```text', text.trimEnd(), '```', '']
}
