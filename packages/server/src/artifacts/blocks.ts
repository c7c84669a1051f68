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
    // Few bytes are gathered as they come, so that a small file takes no buffer of a whole block.
    let chunks: Uint8Array[] = []
    let bytes = 0
    let index = 0
    for await (const chunk of source) {
      let rest = chunk
      for (;;) {
        const wanted = blockBytes(index) - bytes
        if (rest.byteLength < wanted) break
        chunks.push(rest.subarray(0, wanted))
        rest = rest.subarray(wanted)
        const block = joined(chunks, blockBytes(index))
        chunks = []
        bytes = 0
        index++
        yield block
      }
      if (rest.byteLength > 0) chunks.push(rest)
      bytes += rest.byteLength
    }
    if (bytes > 0 || index === 0) yield Buffer.concat(chunks)
  }

  function joined(chunks: readonly Uint8Array[], size: number): Buffer {
    const last = free.pop()
    const block = last?.byteLength === size ? last : Buffer.allocUnsafeSlow(size)
    let at = 0
    for (const chunk of chunks) {
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
