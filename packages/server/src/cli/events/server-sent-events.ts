/** What a stream of server-sent events says, block by block (WHATWG HTML, section 9.2). */
export interface ServerSentEvent {
  /** 'message' where the stream names none. */
  readonly type: string
  /** Undefined where the block holds no data: then it only says where the stream is. */
  readonly data: string | undefined
  /** The id to go on behind after this block; the last one that was given. */
  readonly lastId: string
}

/** Reads blocks out of a stream as they come. A block that is cut off by the end of the stream counts as not sent. */
export async function* readEvents(bytes: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  let type = ''
  let data: string[] = []
  let lastId = ''
  let hasNews = false
  for await (const line of linesOf(bytes)) {
    if (line === '') {
      if (hasNews) yield { type: type || 'message', data: data.length === 0 ? undefined : data.join('\n'), lastId }
      type = ''
      data = []
      hasNews = false
      continue
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'event') type = value
    else if (field === 'data') data.push(value)
    else if (field === 'id') lastId = value
    hasNews ||= field === 'data' || field === 'id'
  }
}

async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true })
    // The \n of a \r\n may come with the next chunk.
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    yield* lines
  }
}
