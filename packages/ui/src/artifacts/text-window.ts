import type { ReadRange } from './byte-range.ts'

interface TextChunk {
  /** Bytes of the file. */
  readonly start: number
  readonly end: number
  readonly lines: readonly string[]
}

/** A stretch of a text file that is held in memory, in whole lines. */
export interface TextWindow {
  readonly chunks: readonly TextChunk[]
  /** The lines of all chunks, and at the end of the file the one that no line break has ended yet. */
  readonly lines: readonly string[]
  /** Bytes of the file: where the first line begins, and where the last one that is ended ends. */
  readonly start: number
  readonly end: number
  /** Of the whole file, as it was when last read. */
  readonly size: number
  readonly reachesEnd: boolean
  /** The number of the first line, counted from 1; undefined where the window was not reached from the start. */
  readonly firstLine: number | undefined
}

/** How much is read at a time, and how much is held at most, in bytes: what is farthest off is let go. */
const chunkBytes = 256 * 1024
const heldBytes = 4 * 1024 * 1024
/** How much is searched for a line by its number before the reader gives up. */
const soughtBytes = 16 * 1024 * 1024
/** A longer line is shown in pieces: one of megabytes would stop the browser. */
const maxLine = 5000
const newline = 10

export interface TextReader {
  /** The beginning of the file. */
  head(signal?: AbortSignal): Promise<TextWindow>
  /** Its end. */
  tail(signal?: AbortSignal): Promise<TextWindow>
  /** The lines from about a byte on. */
  at(byte: number, signal?: AbortSignal): Promise<TextWindow>
  /** The window with more after it, which is also how a growing file is followed. */
  after(window: TextWindow, signal?: AbortSignal): Promise<TextWindow>
  /** The window with more before it. */
  before(window: TextWindow, signal?: AbortSignal): Promise<TextWindow>
  /** A window with a line of this number, counted from 1; undefined where it lies beyond what is read for it. */
  line(number: number, signal?: AbortSignal): Promise<TextWindow | undefined>
}

/** Reads a text file of any size in windows, by ranges of bytes. */
export function createTextReader(read: ReadRange): TextReader {
  const head = async (signal?: AbortSignal): Promise<TextWindow> => {
    const { bytes, size } = await read(0, chunkBytes, signal)
    return windowOf([], bytes, 0, size, 1)
  }

  const after = async (window: TextWindow, signal?: AbortSignal): Promise<TextWindow> => {
    const { bytes, size } = await read(window.end, chunkBytes, signal)
    if (size === window.size && window.reachesEnd) return window
    // The file was written anew.
    if (size < window.end) return head(signal)
    return windowOf(window.chunks, bytes, window.end, size, window.firstLine)
  }

  return {
    head,
    after,
    async tail(signal) {
      const { bytes, size } = await read(-chunkBytes, chunkBytes, signal)
      return fromWithin(bytes, size - bytes.length, size)
    },
    async at(byte, signal) {
      const from = Math.max(0, Math.floor(byte))
      const { bytes, size } = await read(from, chunkBytes, signal)
      return fromWithin(bytes, from, size)
    },
    async before(window, signal) {
      const from = Math.max(0, window.start - chunkBytes)
      if (from === window.start) return window
      const { bytes } = await read(from, window.start - from, signal)
      const earlier = fromWithin(bytes, from, Number.POSITIVE_INFINITY)
      const chunks = [...earlier.chunks, ...window.chunks]
      const open = window.lines.slice(countLines(window.chunks))
      const firstLine =
        earlier.firstLine ??
        (window.firstLine === undefined ? undefined : window.firstLine - countLines(earlier.chunks))
      return trimmedAtEnd(chunks, open, window, firstLine)
    },
    async line(number, signal) {
      let window = await head(signal)
      while (lastLine(window) < number && !window.reachesEnd && window.end < soughtBytes) {
        window = await after(window, signal)
      }
      return lastLine(window) >= number ? window : undefined
    },
  }
}

function lastLine({ firstLine = 1, lines }: TextWindow): number {
  return firstLine + lines.length - 1
}

function countLines(chunks: readonly TextChunk[]): number {
  return chunks.reduce((count, { lines }) => count + lines.length, 0)
}

/** A window that begins somewhere in the file: what precedes the first line break there is part of a line. */
function fromWithin(bytes: Uint8Array, from: number, size: number): TextWindow {
  const skipped = from === 0 ? 0 : bytes.indexOf(newline) + 1
  return windowOf([], bytes.subarray(skipped), from + skipped, size, from === 0 ? 1 : undefined)
}

/** Some chunks and what was read behind them; the first chunks are let go while more is held than may be. */
function windowOf(
  held: readonly TextChunk[],
  bytes: Uint8Array,
  from: number,
  size: number,
  firstLine: number | undefined,
): TextWindow {
  const reachesEnd = from + bytes.length >= size
  const lastBreak = bytes.lastIndexOf(newline)
  // A line longer than what is read at a time is cut: the window must move on.
  const length = lastBreak === -1 && !reachesEnd ? bytes.length : lastBreak + 1
  const end = from + length
  const chunks = length === 0 ? [...held] : [...held, { start: from, end, lines: linesOf(bytes.subarray(0, length)) }]
  const open = reachesEnd ? linesOf(bytes.subarray(length)) : []
  let number = firstLine
  while (chunks.length > 1 && end - (chunks[0]?.start ?? end) > heldBytes) {
    const count = chunks.shift()?.lines.length ?? 0
    if (number !== undefined) number += count
  }
  const lines = [...chunks.flatMap((chunk) => chunk.lines), ...open]
  return { chunks, lines, start: chunks[0]?.start ?? from, end, size, reachesEnd, firstLine: number }
}

function trimmedAtEnd(
  all: readonly TextChunk[],
  open: readonly string[],
  { size, end, reachesEnd }: TextWindow,
  firstLine: number | undefined,
): TextWindow {
  const start = all[0]?.start ?? 0
  const chunks = all.filter((chunk) => chunk.end - start <= heldBytes)
  const isWhole = chunks.length === all.length
  const lines = [...chunks.flatMap((chunk) => chunk.lines), ...(isWhole ? open : [])]
  return {
    chunks,
    lines,
    start,
    end: isWhole ? end : (chunks.at(-1)?.end ?? start),
    size,
    reachesEnd: isWhole && reachesEnd,
    firstLine,
  }
}

function linesOf(bytes: Uint8Array): string[] {
  if (bytes.length === 0) return []
  const lines = new TextDecoder().decode(bytes).split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)).flatMap(pieces)
}

function pieces(line: string): string[] {
  if (line.length <= maxLine) return [line]
  return Array.from({ length: Math.ceil(line.length / maxLine) }, (_, at) =>
    line.slice(at * maxLine, (at + 1) * maxLine),
  )
}
