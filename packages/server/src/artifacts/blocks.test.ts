import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'

import { blocksOf, cutIntoBlocks } from './blocks.ts'

const KiB = 1024

async function* chunksOf(content: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += chunkBytes) yield content.subarray(at, at + chunkBytes)
}

describe('cutIntoBlocks', () => {
  test.each([1, 100 * KiB, 256 * KiB, 1000 * KiB, 1024 * KiB, 3000 * KiB])(
    'cuts chunks of any size into blocks of %i bytes, all full but the last',
    async (blockBytes) => {
      const content = randomBytes(blockBytes === 1 ? 100 : 2_500_000)
      for (const chunkBytes of [7_777, 64 * KiB, 1_000_000, 3_000_000]) {
        const blocks: Buffer[] = []
        for await (const block of blocksOf(chunksOf(content, chunkBytes), () => blockBytes)) blocks.push(block)
        expect(blocks.slice(0, -1).every(({ byteLength }) => byteLength === blockBytes)).toBe(true)
        expect(Buffer.concat(blocks).equals(content)).toBe(true)
        expect(blocks.length).toBe(Math.ceil(content.length / blockBytes))
      }
    },
  )

  test('gives one empty block of an empty source, and none at the end of a full one', async () => {
    const sizes = async (content: Uint8Array) => {
      const found: number[] = []
      for await (const block of blocksOf(chunksOf(content, 3), () => 4)) found.push(block.byteLength)
      return found
    }
    expect(await sizes(Buffer.alloc(0))).toEqual([0])
    expect(await sizes(Buffer.alloc(8))).toEqual([4, 4])
    expect(await sizes(Buffer.alloc(9))).toEqual([4, 4, 1])
  })

  test('uses a block again that was given back, and grows with its index', async () => {
    const content = randomBytes(3_000_000)
    const { blocks, release } = cutIntoBlocks(chunksOf(content, 64 * KiB), (index) =>
      index < 2 ? 512 * KiB : 1_000_000,
    )
    const seen: Buffer[] = []
    const copies: Buffer[] = []
    for await (const block of blocks) {
      seen.push(block)
      copies.push(Buffer.from(block))
      release(block)
    }
    expect(Buffer.concat(copies).equals(content)).toBe(true)
    expect(seen[1]?.buffer).toBe(seen[0]?.buffer)
    expect(seen[2]?.buffer).not.toBe(seen[0]?.buffer)
    expect(seen.map(({ byteLength }) => byteLength)).toEqual([512 * KiB, 512 * KiB, 1_000_000, 951_424])
  })

  test.each([10 * KiB, 64 * KiB, 300 * KiB, 1000 * KiB])(
    'looks no more at a piece of %i bytes that it called used up',
    async (pieceBytes) => {
      const content = randomBytes(2_500_000)
      let pieces = 0
      async function* owned(): AsyncGenerator<Uint8Array> {
        for await (const chunk of chunksOf(content, pieceBytes)) yield Uint8Array.from(chunk)
      }
      const cut = cutIntoBlocks(
        owned(),
        () => 512 * KiB,
        (piece) => {
          pieces++
          piece.fill(0)
        },
      )
      const copies: Buffer[] = []
      for await (const block of cut.blocks) copies.push(Buffer.from(block))
      expect(Buffer.concat(copies).equals(content)).toBe(true)
      expect(pieces).toBeGreaterThanOrEqual(Math.floor(content.length / pieceBytes) - 4)
    },
  )
})
