import { createClient } from '@trackway/sdk'

/** The server's address: the folder that this page came from, whatever prefix it lies below. */
export const serverUrl = new URL('.', document.baseURI).href.replace(/\/$/, '')

export const server = createClient({ baseUrl: serverUrl, retries: 2 })
