import { createClient } from '@trackway/sdk'
import { callerHeaders } from './caller-name.ts'

/** The server's address: the folder that this page came from, whatever prefix it lies below. */
export const serverUrl = new URL('.', document.baseURI).href.replace(/\/$/, '')

export const server = createClient({
  baseUrl: serverUrl,
  retries: 2,
  fetch: (input, init) => {
    const headers = new Headers(init?.headers)
    for (const [name, value] of Object.entries(callerHeaders())) headers.set(name, value)
    return fetch(input, { ...init, headers })
  },
})
