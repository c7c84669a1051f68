import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'

import type { PresignedRequest, Presigning } from './artifact-store.ts'
import { contentDisposition } from './content-disposition.ts'
import { mediaType } from './media-type.ts'
import type { S3Settings } from './s3-client.ts'
import type { S3Place } from './s3-upload.ts'

/** S3 takes no URL that lives longer than a week. */
const longestSeconds = 7 * 24 * 60 * 60

/** @param at the place of a path; `guard` turns the SDK's errors into ours. */
export function createS3Presigning(
  { client, owner, upload }: S3Settings,
  at: (path: string) => S3Place,
  guard: <T>(path: string, work: () => Promise<T>) => Promise<T>,
): Presigning {
  return {
    download: async (path, seconds) =>
      await guard(path, async () => {
        const place = at(path)
        const { ContentLength = 0 } = await client.send(new HeadObjectCommand({ ...place, ...owner }))
        const name = path.slice(path.lastIndexOf('/') + 1)
        const ResponseContentDisposition = contentDisposition('attachment', name)
        const url = await getSignedUrl(
          client,
          new GetObjectCommand({ ...place, ...owner, ResponseContentDisposition }),
          {
            expiresIn: expiry(seconds),
          },
        )
        return { url, headers: {}, size: ContentLength }
      }),

    upload: async (path, seconds) => await guard(path, async () => await presignPut(path, seconds)),

    parts: async (path, UploadId, count, seconds) =>
      await guard(path, async () => {
        const target = { ...at(path), ...owner, UploadId }
        const parts: PresignedRequest[] = []
        for (let PartNumber = 1; PartNumber <= count; PartNumber++) {
          const url = await getSignedUrl(client, new UploadPartCommand({ ...target, PartNumber }), {
            expiresIn: expiry(seconds),
          })
          parts.push({ url, headers: {} })
        }
        return parts
      }),
  }

  /** What `MLFLOW_S3_UPLOAD_EXTRA_ARGS` asks for goes as headers: in the URL a store would not heed it. */
  async function presignPut(path: string, seconds: number): Promise<PresignedRequest> {
    const type = mediaType(path)
    const headers: Record<string, string> = { 'Content-Type': type }
    const unhoistableHeaders = new Set<string>()
    const command = new PutObjectCommand({ ...at(path), ContentType: type, ...upload, ...owner })
    command.middlewareStack.add(
      (next) => async (args) => {
        const request = args.request as { headers: Record<string, string> }
        for (const [name, value] of Object.entries(request.headers)) {
          if (!name.startsWith('x-amz-') || name === 'x-amz-content-sha256' || name === 'x-amz-user-agent') continue
          unhoistableHeaders.add(name)
          headers[name] = value
        }
        return await next(args)
      },
      { step: 'build', priority: 'low', name: 'headersToSend' },
    )
    return { url: await getSignedUrl(client, command, { expiresIn: expiry(seconds), unhoistableHeaders }), headers }
  }
}

function expiry(seconds: number): number {
  return Math.min(seconds, longestSeconds)
}
