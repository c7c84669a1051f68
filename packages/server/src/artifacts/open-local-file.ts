import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { OpenArtifact } from './artifact-store.ts'

/** Up to this size one read beats setting up a stream. */
const smallBytes = 256 * 1024
const blockBytes = 512 * 1024

/** An open file as an artifact; the handle closes with the body's end. */
export function openLocalFile(handle: FileHandle, stats: Stats): OpenArtifact {
  return {
    size: stats.size,
    modifiedTimeMs: stats.mtimeMs,
    // A put makes a new inode, and a change in place a new time.
    etag: [stats.ino, stats.size, Math.round(stats.mtimeMs * 1000)].map((part) => part.toString(36)).join('-'),
    async close() {
      await handle.close()
    },
    async body(range = { start: 0, end: stats.size - 1 }) {
      const length = range.end - range.start + 1
      if (length > smallBytes) {
        return handle.createReadStream({ start: range.start, end: range.end, highWaterMark: blockBytes })
      }
      try {
        const content = Buffer.allocUnsafe(length)
        let filled = 0
        while (filled < length) {
          const { bytesRead } = await handle.read(content, filled, length - filled, range.start + filled)
          if (bytesRead === 0) throw new Error('The file became shorter while it was read.')
          filled += bytesRead
        }
        return content
      } finally {
        // Nobody has to wait for it, and closing what was only read cannot lose anything.
        handle.close().catch(() => {})
      }
    },
  }
}
