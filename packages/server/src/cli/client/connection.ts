import type { Client } from '@trackway/sdk'

import { UsageError } from '../../flags.ts'
import type { FlagReading, Flags } from '../../flags.ts'

/** How a command finds the server and says who calls, by the names that MLflow's clients know. */
export const connectionFlags = {
  trackingUri: {
    name: 'tracking-uri',
    env: ['MLFLOW_TRACKING_URI'],
    type: 'string',
    default: 'http://127.0.0.1:5000',
    placeholder: 'URI',
    help: "The server's address. A user and password in it count before the variables below.",
  },
  username: { env: ['MLFLOW_TRACKING_USERNAME'], type: 'string', help: 'Who calls, together with the password.' },
  password: { env: ['MLFLOW_TRACKING_PASSWORD'], type: 'string', help: "The caller's password." },
  token: {
    env: ['MLFLOW_TRACKING_TOKEN'],
    type: 'string',
    help: "The caller's token; without effect where a user and a password are given.",
  },
} as const satisfies Flags

/** What the flags say of the server and of who calls. */
export type ConnectionReading = Pick<FlagReading<typeof connectionFlags>, 'values' | 'sources'>

/** Whether the caller has said who it is, by a user and a password or by a token. */
export function saysWhoCalls({ values: { trackingUri, username, password, token } }: ConnectionReading): boolean {
  return Object.keys(credentials(username, password, token)).length > 0 || !!URL.parse(trackingUri)?.username
}

/**
 * A client of the server that the flags name. Loads the SDK, which help and wrong command lines do without.
 * @throws UsageError where the address is none.
 */
export async function connect({ values, sources }: ConnectionReading): Promise<Client> {
  const { trackingUri, username, password, token } = values
  const url = URL.parse(trackingUri)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `${sources.trackingUri ?? '--tracking-uri'} takes the address of a server, such as http://127.0.0.1:5000, ` +
        `got '${trackingUri.replace(/\/\/[^/@]*@/, '//')}'.`,
    )
  }
  const { createClient } = await import('@trackway/sdk')
  return createClient({
    baseUrl: trackingUri,
    headers: url.username === '' ? credentials(username, password, token) : {},
  })
}

function credentials(
  username: string | undefined,
  password: string | undefined,
  token: string | undefined,
): Record<string, string> {
  if (username !== undefined && password !== undefined) {
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  }
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}
