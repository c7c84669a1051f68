import type { FastifyReply, FastifyRequest } from 'fastify'

import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { mediaType } from '../artifacts/media-type.ts'
import { sendArtifact } from './artifact-download.ts'
import { contentDisposition } from '../artifacts/content-disposition.ts'

export interface PreviewOptions {
  /** Whether scripts within an HTML file may run. */
  readonly allowsScripts: boolean
  /** Whether a page that other sites frame may show it: our own page may always. */
  readonly isFramedByAnyone: boolean
}

/** Nothing of it comes from the network, nor goes there. */
const closed = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]

/** Text, pictures, and HTML and SVG without their scripts: without a `sandbox` of its own, SVG would act as our page. */
const still = [...closed, "style-src 'unsafe-inline'", 'img-src data:', 'font-src data:', 'sandbox']

/** A page that browsers make around a film or a sound asks for the file itself again. */
const playing = [...closed, "style-src 'unsafe-inline'", "media-src 'self'", 'sandbox']

/**
 * Plots bring their library with them, which may make code of text, blobs and workers. In an origin of its own it
 * reads nothing of ours, and has no network to send anything by.
 */
const scripted = [
  ...closed,
  "script-src 'unsafe-inline' 'unsafe-eval' data: blob:",
  "style-src 'unsafe-inline' data: blob:",
  'img-src data: blob:',
  'font-src data: blob:',
  'media-src data: blob:',
  'connect-src data: blob:',
  'worker-src data: blob:',
  'sandbox allow-scripts',
]

/**
 * Chromium shows no PDF in a sandbox, and its viewer needs objects and styles of its own. It has an origin of its own,
 * too, and with `nosniff` nothing else is made of such a file, so that there is nothing to forbid.
 */
const paged = ["base-uri 'none'", "form-action 'none'"]

/** Answers with a file that a browser shows in place, without the rights of our page, whatever it holds. */
export async function sendPreview(
  request: FastifyRequest,
  reply: FastifyReply,
  { store, path }: { readonly store: ArtifactStore; readonly path: string },
  { allowsScripts, isFramedByAnyone }: PreviewOptions,
): Promise<FastifyReply> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const type = mediaType(name)
  const policy = policyOf(type, allowsScripts)
  if (!isFramedByAnyone) reply.header('x-frame-options', 'SAMEORIGIN')
  return sendArtifact(request, reply, store, path, {
    'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
    'content-disposition': contentDisposition('inline', name),
    'content-security-policy': [...policy, ...(isFramedByAnyone ? [] : ["frame-ancestors 'self'"])].join('; '),
    'referrer-policy': 'no-referrer',
  })
}

function policyOf(type: string, allowsScripts: boolean): readonly string[] {
  if (type === 'application/pdf') return paged
  if (/^(audio|video)\//.test(type)) return playing
  return allowsScripts && type === 'text/html' ? scripted : still
}
