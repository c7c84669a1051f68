import type { BlockBlobClient } from '@azure/storage-blob'
import type { AzureContainer } from './azure-client.ts'
import type { Blocks } from './blocks.ts'

/** A block unless the file is so large that fifty thousand would not do. */
const blockBytes = 8 * 1024 * 1024
/** Azure's own limit for a file. */
export const mostBlocks = 50_000
/** Blocks that are on their way while the next one comes in: an upload of any size holds three in memory. */
const blocksInFlight = 2

/**
 * The id of a block. Azure wants all ids of a file to be of one length, also those that other programs left: 48 bytes are
 * what Azure's SDKs for Python, .NET and JavaScript use, so an unfinished upload of theirs does not stand in the way.
 * @param upload 32 characters
 * @param sending 6 characters: which of the sendings of this part
 */
export function blockId(upload: string, part: number, sending: string, index: number): string {
  return Buffer.from(`${upload}${digits(part)}${sending}${digits(index)}`).toString('base64')
}

/** Sizes of blocks, by their number, with which a source fits into `most` of them: of one size where that is known. */
export function blockSizes(size: number | undefined, most: number): (index: number) => number {
  if (size !== undefined) {
    const bytes = Math.max(blockBytes, Math.ceil(size / most))
    return () => bytes
  }
  const step = Math.max(1, Math.floor(most / 8))
  return (index) => blockBytes * 2 ** Math.floor(index / step)
}

/**
 * Sends blocks to a file, where nobody sees them until they are committed, and returns how many. A block that the store
 * refuses for a moment is sent again.
 */
export async function stageBlocks(
  azure: AzureContainer,
  blob: BlockBlobClient,
  { blocks, release }: Blocks,
  idOf: (index: number) => string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const calledOff = new AbortController()
  const sending = new Set<Promise<void>>()
  let count = 0

  async function send(id: string, block: Buffer): Promise<void> {
    const anySignal = signal ? AbortSignal.any([signal, calledOff.signal]) : calledOff.signal
    await azure.request(async (abortSignal) => await blob.stageBlock(id, block, block.byteLength, { abortSignal }), {
      signal: anySignal,
      bytes: block.byteLength,
    })
    release(block)
  }

  try {
    for await (const block of blocks) {
      // Azure takes no empty block, and needs none.
      if (block.byteLength === 0) continue
      const sent = send(idOf(count++), block).finally(() => sending.delete(sent))
      // A failure surfaces at the next await of these; until then it must not count as unhandled.
      sent.catch(() => {})
      sending.add(sent)
      while (sending.size > blocksInFlight) await Promise.race(sending)
    }
    await Promise.all(sending)
    return count
  } catch (error) {
    calledOff.abort()
    await Promise.allSettled(sending)
    throw error
  }
}

function digits(number: number): string {
  return String(number).padStart(5, '0')
}
