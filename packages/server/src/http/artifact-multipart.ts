import { endpoints, invalidParameter } from '@trackway/api'
import { encode } from '@trackway/api/codec'
import type { FastifyRequest } from 'fastify'
import { artifactFile, artifactFolder } from '../artifacts/artifact-path.ts'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { sendJson } from './json-reply.ts'
import { announcedSize, bodyOf, jsonRequest, queryRequest } from './stream-request.ts'
import type { StreamHandler } from './stream-request.ts'

/** How long a client may take for an upload in parts; each URL can do nothing but replace its part until then. */
const uploadSeconds = 12 * 60 * 60

/**
 * Uploads in parts. MLflow's client asks for one URL for each part, PUTs to them in parallel, keeps the ETags of the
 * replies and hands them in at the end. They lead to the object store, or back to this server where there is none.
 */
export function createMultipartStreams(proxied: () => ArtifactStore, isDirect: boolean) {
  return {
    async createMultipartUpload(request, reply) {
      const store = proxied()
      const { artifact_path, path, num_parts } = await jsonRequest('createMultipartUpload', request)
      const file = targetOf(artifact_path, path)
      const parts = Number(num_parts)
      const uploadId = await store.createMultipart(file, parts)
      reply.header('cache-control', 'no-store')
      if (isDirect && store.presigning) {
        const signed = await store.presigning.parts(file, uploadId, parts, uploadSeconds)
        const credentials = signed.map(({ url, headers }, index) => ({ url, part_number: index + 1, headers }))
        return sendJson(reply, encode(endpoints.createMultipartUpload.response, { upload_id: uploadId, credentials }))
      }
      const url = partUrl(request, file, uploadId)
      const { authorization } = request.headers
      const credentials = Array.from({ length: parts }, (_, index) => ({
        url: `${url}&part_number=${index + 1}`,
        part_number: index + 1,
        // The client sends a part with these headers and nothing else, so who signed in for this must hear it again.
        ...(authorization === undefined ? {} : { headers: { Authorization: authorization } }),
      }))
      return sendJson(reply, encode(endpoints.createMultipartUpload.response, { upload_id: uploadId, credentials }))
    },

    async uploadPart(request, reply) {
      const store = proxied()
      const { artifact_path, upload_id, part_number } = queryRequest('uploadPart', request)
      const source = bodyOf(request)
      try {
        const file = artifactFile(artifact_path)
        const size = announcedSize(request)
        const etag = await store.uploadPart(file, upload_id, Number(part_number), source, { size })
        return await reply.header('etag', `"${etag}"`).send()
      } catch (error) {
        source.resume()
        throw error
      }
    },

    async completeMultipartUpload(request, reply) {
      const store = proxied()
      const { artifact_path, path, upload_id, parts = [] } = await jsonRequest('completeMultipartUpload', request)
      const uploaded = parts.map(({ part_number, etag }) => ({
        partNumber: Number(part_number),
        etag: etag.replace(/^"(.*)"$/, '$1'),
      }))
      await store.completeMultipart(targetOf(artifact_path, path), upload_id, uploaded)
      return sendJson(reply, '{}')
    },

    async abortMultipartUpload(request, reply) {
      const store = proxied()
      const { artifact_path, path, upload_id } = await jsonRequest('abortMultipartUpload', request)
      await store.abortMultipart(targetOf(artifact_path, path), upload_id)
      return sendJson(reply, '{}')
    },
  } satisfies Record<string, StreamHandler>
}

/** Clients send the whole local path of the file as `path`; only its name counts, in the folder of the URL. */
function targetOf(folder: string, localPath: string): string {
  const name = localPath.slice(Math.max(localPath.lastIndexOf('/'), localPath.lastIndexOf('\\')) + 1)
  if (name === '')
    throw invalidParameter(`Invalid path ${JSON.stringify(localPath)}: it must end with the file's name.`)
  const inFolder = artifactFolder(folder)
  return artifactFile(inFolder === '' ? name : `${inFolder}/${name}`)
}

/**
 * The URL of `uploadPart` as the client reaches this server: below what the create request came in by. What a reverse
 * proxy says about itself may be believed here, as only the asking client sees the answer.
 */
function partUrl(request: FastifyRequest, file: string, uploadId: string): string {
  const proto = forwarded(request, 'x-forwarded-proto')
  const scheme = proto === 'https' || proto === 'http' ? proto : request.protocol
  const host = forwarded(request, 'x-forwarded-host') ?? request.headers.host ?? request.host
  const prefix = forwarded(request, 'x-forwarded-prefix')?.replace(/\/+$/, '') ?? ''
  const route = (request.routeOptions.url ?? '').replace('/mpu/create/*', '/mpu/part/')
  const path = file.split('/').map(encodeURIComponent).join('/')
  return `${scheme}://${host}${prefix}${route}${path}?upload_id=${encodeURIComponent(uploadId)}`
}

function forwarded(request: FastifyRequest, header: string): string | undefined {
  const value = request.headers[header]
  return (Array.isArray(value) ? value[0] : value)?.split(',', 1)[0]?.trim() || undefined
}
