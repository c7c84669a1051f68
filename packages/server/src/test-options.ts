import { randomBytes } from 'node:crypto'

import type { HandlerOptions } from './handlers.ts'

/** What handlers are set to in tests that are about something else. */
export const testHandlerOptions: HandlerOptions = {
  truncateLongValues: true,
  versionSourcePattern: null,
  webhooks: {
    schemes: ['https'],
    allowPrivateAddresses: false,
    secretKey: { key: randomBytes(32).toString('base64') },
  },
}
