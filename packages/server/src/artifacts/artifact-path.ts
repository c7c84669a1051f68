import { invalidParameter } from '@trackway/api'

/** A file or folder name on the file systems and object stores in use. */
const longestName = 255
/** Leaves room for the artifact root in front of it: most systems stop at 4,096 bytes. */
const longestPath = 2048
const mostDecodings = 10

const allowed =
  "a path is relative to the artifact root, has '/' between names, and no '..', '#', backslash, control character, " +
  `drive or scheme in it, also not in percent-encoded form; a name has at most ${longestName} bytes, a path ${longestPath}`

/**
 * The normal form of a file's path that a client gave: names with single slashes between them.
 * @throws ApiError INVALID_PARAMETER_VALUE, `Invalid path …`, as MLflow answers.
 */
export function artifactFile(given: string): string {
  const path = artifactFolder(given)
  if (path === '' || given.endsWith('/')) {
    throw invalidPath(given, "it must end with the file's name")
  }
  return path
}

/** As `artifactFile`, for a folder: an empty path is the artifact root, and a slash may stand at the end. */
export function artifactFolder(given: string): string {
  refuseRawFaults(given)
  // What stores or proxies behind us might decode again must not lead out either, as in MLflow.
  let form = given
  for (let round = 0; ; round++) {
    if (leadsElsewhere(form)) throw invalidPath(given)
    const decoded = decodePercents(form)
    if (decoded === form) break
    if (round === mostDecodings) throw invalidPath(given)
    form = decoded
  }
  const names = given.split('/').filter((name) => name !== '' && name !== '.')
  const path = names.join('/')
  if (names.some((name) => Buffer.byteLength(name) > longestName) || Buffer.byteLength(path) > longestPath) {
    throw invalidPath(given)
  }
  return path
}

/** A path in the folder; either may be empty. */
export function pathBelow(folder: string, path: string): string {
  return folder === '' || path === '' ? folder + path : `${folder}/${path}`
}

function invalidPath(given: string, reason = allowed): Error {
  const shown = JSON.stringify(given.length > 200 ? `${given.slice(0, 200)}…` : given)
  return invalidParameter(`Invalid path ${shown}: ${reason}.`)
}

/** Faults of the text as it stands. Names such as `loss%step%100.png` may well decode to control characters. */
function refuseRawFaults(given: string): void {
  if (/[\p{Control}\p{Surrogate}\\#]/u.test(given)) throw invalidPath(given)
}

function leadsElsewhere(form: string): boolean {
  return (
    /^[\\/]/.test(form) ||
    /^[a-z]:/i.test(form) ||
    /^(file:|[a-z][a-z0-9+.-]*:[\\/])/i.test(form) ||
    // Windows drops dots and spaces at a name's end, so '.. ' is '..' there.
    form.split(/[\\/]/).some((name) => /^\.\.[. ]*$/.test(name))
  )
}

/** Decodes what is well-formed and leaves any other `%` as it is. */
function decodePercents(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
}
