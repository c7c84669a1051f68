import type { Readable } from 'node:stream'

/** A file or folder in a listing. */
export interface ArtifactEntry {
  /** Its name within the folder listed. */
  readonly name: string
  readonly isFolder: boolean
  /** Bytes; absent for a folder. */
  readonly size?: number
}

/** Both ends included, as in HTTP. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** A file opened for reading. Call `body` or `close`, once. */
export interface OpenArtifact {
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly modifiedTimeMs: number
  /** Changes when the content does; without quotes. */
  readonly etag: string
  /** The content, or a part of it: bytes at once where there are few, else a stream, whose pieces are the reader's own. */
  body(range?: ByteRange): Promise<Readable | Uint8Array>
  close(): Promise<void>
}

export interface OpenOptions {
  /** Whether `body` will be asked for all of it. */
  readonly isWhole?: boolean
}

export interface UploadedPart {
  readonly partNumber: number
  /** What `uploadPart` returned. */
  readonly etag: string
}

export interface WriteOptions {
  /** Bytes that must come, when known; fewer or more are an error and nothing is stored. */
  readonly size?: number | undefined
  /** Calls the upload off; looked at whenever bytes come. */
  readonly signal?: AbortSignal | undefined
}

/** A request that whoever holds it may send to the store by itself, until it expires. */
export interface PresignedRequest {
  readonly url: string
  /** Headers that must be sent with it, word for word. */
  readonly headers: Readonly<Record<string, string>>
}

export interface PresignedDownload extends PresignedRequest {
  /** Bytes of the file. */
  readonly size: number
}

/**
 * Requests with which bytes go straight from the store to a client and back. The file of a download is served as an
 * attachment of its own name (`contentDisposition`) where the store can say so. A store that caps times takes the shorter.
 */
export interface Presigning {
  /** A `GET` of a file, which may be asked for in ranges. Rejects as `open` does where there is none. */
  download(path: string, expiresInSeconds: number): Promise<PresignedDownload>
  /** A `PUT` of a file, whole. */
  upload(path: string, expiresInSeconds: number): Promise<PresignedRequest>
  /**
   * A `PUT` for each of the parts 1 to `parts` of an upload that `createMultipart` began. The replies' ETags, '' where
   * there is none, come to `completeMultipart`.
   */
  parts(path: string, uploadId: string, parts: number, expiresInSeconds: number): Promise<readonly PresignedRequest[]>
}

/**
 * Where artifacts lie: a tree of files below one root. Paths are in the form that `artifact-path.ts` returns.
 *
 * Every failure is an ApiError: RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE (a folder where a file is expected and
 * the reverse), TEMPORARILY_UNAVAILABLE (full or read-only storage; a store that is away, or too busy), BAD_REQUEST (the
 * source broke off; see `uploadSource`), PERMISSION_DENIED (the store refuses the server's credentials),
 * NOT_IMPLEMENTED (what this kind of store cannot do).
 */
export interface ArtifactStore {
  /** Stores a file whole or not at all, replacing one of that path. When it resolves the file is durable. */
  put(path: string, source: Readable, options?: WriteOptions): Promise<void>
  /** @param options what is known of what will be asked of the file: a store may spare a request. */
  open(path: string, options?: OpenOptions): Promise<OpenArtifact>
  /**
   * The entries of a folder, sorted by name; none where there is no such folder. Not paged: MLflow's clients expect a
   * folder in one reply, and sorting needs all of it; an entry costs about 100 bytes.
   */
  list(folder: string): Promise<readonly ArtifactEntry[]>
  /** Deletes a file or a folder with all in it; nothing happens where there is none. */
  delete(path: string): Promise<void>

  /** Absent where the store, or what the server knows of it, has no such requests: all bytes pass through the server. */
  readonly presigning?: Presigning

  /**
   * Asks whether the store is there and knows the server; cheap, tried once at the start. Rejects with
   * RESOURCE_DOES_NOT_EXIST where the bucket or container is certainly missing. Absent where opening has told.
   */
  check?(signal: AbortSignal): Promise<void>

  /** Begins an upload of `path` in `parts` parts and returns its id, which nobody can guess. */
  createMultipart(path: string, parts: number): Promise<string>
  /** Stores a part, numbered from 1, and returns its ETag without quotes. A part may be sent again. */
  uploadPart(
    path: string,
    uploadId: string,
    partNumber: number,
    source: Readable,
    options?: WriteOptions,
  ): Promise<string>
  /** Joins all parts to the file, which appears now, whole. */
  completeMultipart(path: string, uploadId: string, parts: readonly UploadedPart[]): Promise<void>
  /** Forgets an upload and its parts; nothing happens where it is unknown. */
  abortMultipart(path: string, uploadId: string): Promise<void>

  /** Lets go of connections, and waits for what is still to be tidied up. */
  close(): Promise<void>
}
