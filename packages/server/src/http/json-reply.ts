import type { FastifyReply } from 'fastify'

/** Answers with JSON text that is ready to go. */
export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', 'application/json').send(text)
}
