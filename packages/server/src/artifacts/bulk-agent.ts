import { Agent } from 'node:http'
import type { AgentOptions } from 'node:http'
import { connect } from 'node:net'
import type { Socket, TcpNetConnectOpts } from 'node:net'

/** Node reads 64 KiB at a time, and each time costs as much as the bytes do. */
const readBytes = 256 * 1024

/**
 * An HTTP agent for bodies of many megabytes: its connections read more at a time, all into the same memory, as the
 * parser copies what it passes on before anything else is read.
 */
export function createBulkAgent(options: AgentOptions): Agent {
  const agent = new Agent(options)
  const memory = Buffer.allocUnsafeSlow(readBytes)
  agent.createConnection = (to) => connectInto(memory, to as TcpNetConnectOpts)
  return agent
}

function connectInto(memory: Buffer, to: TcpNetConnectOpts): Socket {
  const socket: Socket = connect({
    ...to,
    onread: {
      buffer: memory,
      callback(bytes) {
        const piece = memory.subarray(0, bytes)
        // What must wait to be parsed would be written over.
        const isParsedNow = socket.readableFlowing === true && socket.readableLength === 0
        return socket.push(isParsedNow ? piece : Buffer.from(piece))
      },
    },
  })
  return socket
}
