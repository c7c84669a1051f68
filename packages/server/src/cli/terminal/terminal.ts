import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { styleText } from 'node:util'

/** What surrounds a command: where it reads and writes, who looks on, and the environment. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Columns of what shows the output; undefined where it goes into a file or a pipe, which nothing limits. */
  readonly width: number | undefined
  readonly hasColours: boolean
  write(output: string | Uint8Array): Promise<void>
  /** Writes a line to the error output. */
  warn(line: string): void
  /** Shows how far something is, in place of what it showed before, where somebody looks on; '' takes it away. */
  progress(line: string): void
  /** Asks the user; undefined where nobody is there to answer. */
  ask(question: string): Promise<string | undefined>
  /** All of the standard input. */
  readInput(): Promise<string>
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

export function styled(terminal: Terminal, style: Style, line: string): string {
  return terminal.hasColours ? styleText(style, line, { validateStream: false }) : line
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process
  // Whoever read the output has enough (`trackway models list | head`).
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    env,
    width: stdout.isTTY ? stdout.columns || 80 : undefined,
    hasColours: stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    write: async (chunk) => {
      if (!stdout.write(chunk)) await once(stdout, 'drain')
    },
    warn: (line) => void stderr.write(`${line}\n`),
    progress: (line) => {
      if (stderr.isTTY && env['TERM'] !== 'dumb') stderr.write(`\r\u001b[K${line}`)
    },
    ask: async (question) => {
      if (!stdin.isTTY || !stderr.isTTY) return undefined
      const lines = createInterface({ input: stdin, output: stderr })
      try {
        return await lines.question(question)
      } catch {
        // Ctrl+D and Ctrl+C answer nothing, and end no line.
        stderr.write('\n')
        return ''
      } finally {
        lines.close()
      }
    },
    readInput: () => text(stdin),
  }
}
