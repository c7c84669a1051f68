import type { FastifyRequest } from 'fastify'

import { anonymous } from '../access/caller.ts'
import type { Caller } from '../access/caller.ts'

const mostCharacters = 256
const basic = /^basic +([a-z\d+/]+={0,2})$/i
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Who makes a request: the user name of Basic authentication (RFC 7617, UTF-8), believed until sign-in exists, as
 * MLflow believes a run's `user_id`. Whatever else stands in the header is nobody's.
 */
export function callerOf(request: FastifyRequest): Caller {
  const { authorization } = request.headers
  if (authorization === undefined) return anonymous
  const credentials = basic.exec(authorization)?.[1]
  if (credentials === undefined) return anonymous
  let text: string
  try {
    text = utf8.decode(Buffer.from(credentials, 'base64'))
  } catch {
    return anonymous
  }
  const end = text.indexOf(':')
  // Clients spell one accented name in two ways; it is one user.
  const user = text.slice(0, Math.max(end, 0)).normalize('NFC')
  return user === '' || /\p{Cc}/u.test(user) || isLong(user) ? anonymous : { user }
}

function isLong(user: string): boolean {
  return user.length > mostCharacters && [...user].length > mostCharacters
}
