/** So much is gathered as it comes before a block is begun: a small file takes no buffer of a whole one. */
const fewBytes = 256 * 1024

/** Buffers of one transfer, used again and again: otherwise a large file leaves as much garbage as it has bytes. */
export interface Blocks {
  /** The stream, cut into blocks. */
  readonly blocks: AsyncGenerator<Buffer>
  /** Gives a block back whose bytes nobody needs any more. */
  readonly release: (block: Buffer) => void
}

/**
 * Cuts a stream into blocks of `blockBytes(index)`, the last one shorter; an empty stream has one empty block. A block
 * that is shorter than asked for is the last, and comes after the source has ended well.
 */
export function cutIntoBlocks(source: AsyncIterable<Uint8Array>, blockBytes: (index: number) => number): Blocks {
  const free: Buffer[] = []
  return { blocks: blocks(), release: (block) => void free.push(block) }

  async function* blocks(): AsyncGenerator<Buffer> {
    let few: Uint8Array[] = []
    let block: Buffer | undefined
    let bytes = 0
    let index = 0
    for await (const chunk of source) {
      let rest = chunk
      for (;;) {
        const size = blockBytes(index)
        const part = rest.subarray(0, size - bytes)
        if (!block && bytes + part.byteLength < Math.min(fewBytes, size)) few.push(part)
        else {
          block ??= begun(few, size)
          few = []
          block.set(part, bytes)
        }
        bytes += part.byteLength
        if (!block || bytes < size) break
        rest = rest.subarray(part.byteLength)
        const full = block
        block = undefined
        bytes = 0
        index++
        yield full
      }
    }
    if (block) yield block.subarray(0, bytes)
    else if (bytes > 0 || index === 0) yield Buffer.concat(few)
  }

  function begun(few: readonly Uint8Array[], size: number): Buffer {
    const last = free.pop()
    const block = last?.byteLength === size ? last : Buffer.allocUnsafeSlow(size)
    let at = 0
    for (const chunk of few) {
      block.set(chunk, at)
      at += chunk.byteLength
    }
    return block
  }
}

/** As `cutIntoBlocks`, where nothing is given back. */
export function blocksOf(
  source: AsyncIterable<Uint8Array>,
  blockBytes: (index: number) => number,
): AsyncGenerator<Buffer> {
  return cutIntoBlocks(source, blockBytes).blocks
}
