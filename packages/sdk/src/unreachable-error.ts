/** No answer came: the server is not there, the connection broke or the time was up. `cause` has the reason. */
export class UnreachableError extends Error {
  readonly url: string

  constructor(url: string, reason: string, options?: ErrorOptions) {
    super(`Cannot reach ${url}: ${reason}`, options)
    this.name = 'UnreachableError'
    this.url = url
  }
}
