import type { FastifyReply } from 'fastify'

/** Answers with JSON text that is ready to go. */
export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  // Clients that heed it wait this many seconds before they try again.
  if (reply.statusCode === 503) reply.header('retry-after', '1')
  return reply.header('content-type', 'application/json').send(text)
}
