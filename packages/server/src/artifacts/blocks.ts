/** So much is gathered as it comes before a block is begun: a small file takes no buffer of a whole one. */
const fewBytes = 256 * 1024

/** Blocks kept for the next transfer, and for how long. */
const mostFree = 6
const freeForMs = 30_000

/** What was given back, of any transfer: the garbage collector lets such memory pile up, as little of it is on its heap. */
let free: Buffer[] = []
let forget: NodeJS.Timeout | undefined

/** A stream cut into buffers that are used again and again. */
export interface Blocks {
  /** The stream, cut into blocks. */
  readonly blocks: AsyncGenerator<Buffer>
  /** Gives a block back, once, whose bytes nobody needs any more. */
  readonly release: (block: Buffer) => void
}

/**
 * Cuts a stream into blocks of `blockBytes(index)`, the last one shorter; an empty stream has one empty block. A block
 * that is shorter than asked for is the last, and comes after the source has ended well.
 * @param usedUp is told of each piece of the source whose bytes are all in blocks.
 */
export function cutIntoBlocks(
  source: AsyncIterable<Uint8Array>,
  blockBytes: (index: number) => number,
  usedUp: (piece: Uint8Array) => void = () => {},
): Blocks {
  return { blocks: blocks(), release }

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
      if (block) usedUp(chunk)
    }
    if (block) yield block.subarray(0, bytes)
    else if (bytes > 0 || index === 0) yield Buffer.concat(few)
  }

  function begun(few: readonly Uint8Array[], size: number): Buffer {
    const known = free.findLastIndex(({ byteLength }) => byteLength === size)
    const [block = Buffer.allocUnsafeSlow(size)] = known < 0 ? [] : free.splice(known, 1)
    let at = 0
    for (const chunk of few) {
      block.set(chunk, at)
      at += chunk.byteLength
      usedUp(chunk)
    }
    return block
  }
}

function release(block: Buffer): void {
  // The last block of a stream may fill a part of its memory only.
  if (block.buffer.byteLength < fewBytes || free.length === mostFree) return
  free.push(Buffer.from(block.buffer))
  clearTimeout(forget)
  forget = setTimeout(() => {
    free = []
  }, freeForMs).unref()
}

/** As `cutIntoBlocks`, where nothing is given back. */
export function blocksOf(
  source: AsyncIterable<Uint8Array>,
  blockBytes: (index: number) => number,
): AsyncGenerator<Buffer> {
  return cutIntoBlocks(source, blockBytes).blocks
}
