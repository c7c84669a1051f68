import { serverUrl } from '../server.ts'

/**
 * Uploads a file to a run's artifacts. By XMLHttpRequest, as fetch tells no progress.
 * @param path from the root of the run's artifacts
 * @param onProgress told the share that was sent, from 0 to 1
 * @throws Error with the server's words, or that it was stopped
 */
export async function uploadFile(
  runId: string,
  path: string,
  file: Blob,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest()
    const query = new URLSearchParams({ run_uuid: runId, path })
    request.open('POST', `${serverUrl}/ajax-api/2.0/mlflow/upload-artifact?${query}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total))
    request.addEventListener('load', () => {
      if (request.status < 300) resolve()
      else reject(new Error(messageIn(request.responseText) ?? `The server answered ${request.status}.`))
    })
    request.addEventListener('error', () => reject(new Error('The server cannot be reached.')))
    request.addEventListener('abort', () => reject(new Error('The upload was stopped.')))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

function messageIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}
