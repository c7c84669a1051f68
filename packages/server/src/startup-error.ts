/**
 * The server cannot start (or go on) for a reason outside its code, and the message is all that the user needs:
 * what was tried, what stands in the way, what to do. The command line prints it without a stack and exits with 1.
 */
export class StartupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartupError'
  }
}

/** Where the server was about to listen and keep its data, for the sentences. */
export interface StartupPlaces {
  readonly host: string
  readonly port: number
  readonly artifactsDestination: string
}

/**
 * The StartupError for a failure of the network or the file system, undefined for anything else (a fault of ours,
 * whose stack should be seen). The class is also known by its name, as an error from a worker thread has lost it.
 */
export function toStartupError(error: unknown, places: StartupPlaces): StartupError | undefined {
  if (error instanceof StartupError) return error
  if (!(error instanceof Error)) return undefined
  if (error.name === 'StartupError') return new StartupError(error.message, { cause: error })
  const { code, path, syscall } = error as NodeJS.ErrnoException
  if (code === undefined) return undefined
  const isNetwork = syscall === 'listen' || syscall === 'bind' || syscall === 'getaddrinfo'
  const sentence = isNetwork ? networkSentence(code, places) : fileSentence(code, path ?? places.artifactsDestination)
  return sentence === undefined ? undefined : new StartupError(sentence, { cause: error })
}

function networkSentence(code: string, { host, port }: StartupPlaces): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return (
        `Port ${port} on ${host} is in use by another program. ` +
        'Stop that program, or choose another port with --port (0 finds a free one).'
      )
    case 'EACCES':
      return `No permission to listen on port ${port} of ${host}. Choose a port from 1024 to 65535 with --port.`
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return `This machine has no network address ${host}. Choose one that it has with --host, or 0.0.0.0 for all.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host name ${host} has no address. Choose another with --host, such as 127.0.0.1 or 0.0.0.0.`
    default:
      return undefined
  }
}

function fileSentence(code: string, path: string): string | undefined {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `No permission to write ${path}. Make it writable for the user that runs the server, or name another place.`
    case 'ENOTDIR':
    case 'EEXIST':
      return `The folder ${path} cannot be made: a file stands where a folder must be.`
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk that holds ${path} is full.`
    default:
      return undefined
  }
}
