import type { Flag, Flags } from '../flags.ts'
import type { Command, CommandGroup, FlagGroup } from './command.ts'
import { commands } from './commands.ts'
import { commandHelpText, flagSentences, groupHelpText, helpText, spelling } from './help.ts'

/** docs/reference/cli.md: what every `--help` prints. */
export function cliReference(): string {
  return [
    '# Command line',
    '',
    'Generated from the commands by `npm run docs`.',
    '',
    ...codeBlock(helpText(commands)),
    ...commands.flatMap((each) => [
      `## trackway ${each.name}`,
      '',
      ...('commands' in each ? groupPart(each) : part(each)),
    ]),
  ].join('\n')
}

function part(command: Command): string[] {
  return codeBlock(commandHelpText(command))
}

/** A group's commands without the flags that the group names for all of them. */
function groupPart(group: CommandGroup): string[] {
  return [
    ...codeBlock(groupHelpText(group)),
    ...group.commands.flatMap((command) => {
      const path = `${group.name} ${command.name}`
      const own = { ...command, flagGroups: ownFlagGroups(group, command) }
      return [`### trackway ${path}`, '', ...codeBlock(commandHelpText(own, path))]
    }),
  ]
}

function ownFlagGroups(group: CommandGroup, command: Command): FlagGroup[] {
  return command.flagGroups.filter((each) => !group.flagGroups.includes(each))
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
    ...commands.flatMap((each) => [
      `## trackway ${each.name}`,
      '',
      ...each.flagGroups.flatMap(({ title, flags }) => flagTable(`### ${title}`, flags)),
      ...('commands' in each
        ? each.commands.flatMap((command) =>
            ownFlagGroups(each, command).flatMap(({ flags }) =>
              flagTable(`### trackway ${each.name} ${command.name}`, flags),
            ),
          )
        : []),
    ]),
  ].join('\n')
}

function flagTable(heading: string, flags: Flags): string[] {
  return [
    heading,
    '',
    '| flag | environment | what it does |',
    '| --- | --- | --- |',
    ...Object.values(flags).map(tableRow),
    '',
  ]
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
