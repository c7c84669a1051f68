import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'

import { parse } from 'pg-protocol'

/**
 * Rows that came one behind the other, as they came: the driver would make a string of every value, which costs more
 * than all else of reading rows.
 */
export interface RawRows {
  readonly name: 'dataRow'
  readonly buffer: Buffer
  /** Where the number of values stands, of each row. */
  readonly starts: readonly number[]
}

/** What is used of the driver's connection. */
interface DriverConnection {
  attachListeners(stream: Readable): void
  emit(event: string, message: unknown): void
}

const dataRow = 0x44
/** A message's code and its length, which counts itself. */
const headLength = 5

/** Has a connection give rows as they came; all else goes its usual way. To be called before it connects. */
export function readRawRows(connection: DriverConnection): void {
  connection.attachListeners = (stream) => {
    const others = new EventEmitter()
    void parse(others as unknown as Readable, (message) => {
      const { name } = message as { name: string }
      connection.emit(name === 'error' ? 'errorMessage' : name, message)
    })
    const split = splitter(
      (rows) => connection.emit('dataRow', rows),
      (bytes) => others.emit('data', bytes),
    )
    stream.on('data', split)
    stream.on('end', () => others.emit('end'))
  }
}

/** Takes PostgreSQL's bytes apart as they come: rows, and runs of other messages between them. */
export function splitter(onRows: (rows: RawRows) => void, onOthers: (bytes: Buffer) => void): (chunk: Buffer) => void {
  let waiting: Buffer[] = []
  let waitingLength = 0
  /** How many bytes it takes to go on. */
  let needed = headLength

  return (chunk) => {
    waiting.push(chunk)
    waitingLength += chunk.length
    // A long row comes in many pieces, which are put together once.
    if (waitingLength < needed) return
    const buffer = waiting.length === 1 ? chunk : Buffer.concat(waiting, waitingLength)
    waiting = []
    let offset = 0
    let othersFrom = 0
    let starts: number[] = []
    const giveOthers = (): void => {
      if (othersFrom < offset) onOthers(buffer.subarray(othersFrom, offset))
    }
    const giveRows = (): void => {
      if (starts.length === 0) return
      onRows({ name: 'dataRow', buffer, starts })
      starts = []
    }
    needed = headLength
    while (offset + headLength <= buffer.length) {
      const length = 1 + buffer.readUInt32BE(offset + 1)
      if (offset + length > buffer.length) {
        needed = length
        break
      }
      if (buffer[offset] === dataRow) {
        giveOthers()
        starts.push(offset + headLength)
        othersFrom = offset + length
      } else giveRows()
      offset += length
    }
    giveRows()
    giveOthers()
    waitingLength = buffer.length - offset
    if (waitingLength > 0) waiting.push(buffer.subarray(offset))
  }
}
