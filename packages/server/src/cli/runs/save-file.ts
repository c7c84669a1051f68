import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'

import { UsageError } from '../../flags.ts'
import { CommandError } from '../client/failure.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** Work that takes less is not told of. */
const quietMs = 1000
const betweenMs = 200

/**
 * Writes what the server sends into a file, which appears when it is whole, or to the standard output for '-'.
 * @throws UsageError where a file that is no text would be written to a screen, CommandError where it broke off.
 */
export async function saveFile(
  terminal: Terminal,
  ask: () => Promise<Response>,
  file: string,
  isBinary: boolean,
): Promise<void> {
  const isShown = file === '-' && terminal.width !== undefined
  if (isShown && isBinary) throw new UsageError('Parquet is not text: name a file by --output.')
  const reply = await ask()
  const body = told(isShown ? undefined : terminal, piecesOf(reply))
  if (file === '-') {
    for await (const bytes of body) await terminal.write(bytes)
    return
  }
  const size = await writeWhole(file, body)
  await terminal.write(`Wrote ${file}: ${sizeText(size)}.\n`)
}

async function* piecesOf(reply: Response): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of reply.body ?? []) yield bytes
  } catch (error) {
    throw new CommandError('What the server sent broke off before its end.', { cause: error })
  }
}

/** Shows how much has come. */
async function* told(terminal: Terminal | undefined, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  let next = Date.now() + quietMs
  let isTold = false
  try {
    for await (const bytes of pieces) {
      size += bytes.byteLength
      if (Date.now() >= next) {
        next = Date.now() + betweenMs
        isTold = true
        terminal?.progress(`${sizeText(size)} …`)
      }
      yield bytes
    }
  } finally {
    if (isTold) terminal?.progress('')
  }
}

async function writeWhole(file: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  const beside = `${file}.${randomBytes(4).toString('hex')}.part`
  try {
    const handle = await open(beside, 'wx')
    let size = 0
    try {
      for await (const bytes of pieces) {
        await handle.writeFile(bytes)
        size += bytes.byteLength
      }
    } finally {
      await handle.close()
    }
    await rename(beside, file)
    return size
  } catch (error) {
    await rm(beside, { force: true })
    if (error instanceof CommandError || !(error instanceof Error)) throw error
    throw new CommandError(`${file} cannot be written: ${error.message}`, { cause: error })
  }
}

function sizeText(bytes: number): string {
  const [unit, size] = bytes < 1e3 ? ['bytes', bytes] : bytes < 1e6 ? ['kB', bytes / 1e3] : ['MB', bytes / 1e6]
  return `${unit === 'bytes' ? size : size.toFixed(1)} ${unit}`
}
