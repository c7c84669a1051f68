import type { Terminal } from './terminal.ts'

/** A terminal whose output is kept. Answers are given in turn; undefined answers stand for nobody. */
export class TestTerminal implements Terminal {
  readonly env: Record<string, string | undefined> = {}
  readonly width: number | undefined
  readonly hasColours: boolean
  readonly answers: string[] = []
  input = ''
  output = ''
  warnings: string[] = []
  /** What `progress` showed. */
  readonly shown: string[] = []

  constructor(width?: number, hasColours = false) {
    this.width = width
    this.hasColours = hasColours
  }

  get lines(): string[] {
    return this.output.split('\n').slice(0, -1)
  }

  write = async (output: string | Uint8Array): Promise<void> => {
    this.output += typeof output === 'string' ? output : Buffer.from(output).toString()
  }

  progress = (line: string): void => {
    this.shown.push(line)
  }

  warn = (line: string): void => {
    this.warnings.push(line)
  }

  ask = async (question: string): Promise<string | undefined> => {
    this.warnings.push(question)
    return this.answers.shift()
  }

  readInput = async (): Promise<string> => this.input
}
