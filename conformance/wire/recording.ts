import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordedStep } from './compare.ts'

/** A group's recording: the steps of each scenario, by its name. */
export interface Recording {
  /** The version of the official server that answered. */
  readonly mlflow: string
  readonly scenarios: Readonly<Record<string, readonly RecordedStep[]>>
}

export const recordingFolder = join(import.meta.dirname, 'recorded')

export function readRecording(noun: string): Recording {
  return JSON.parse(readFileSync(join(recordingFolder, `${noun}.json`), 'utf8')) as Recording
}
