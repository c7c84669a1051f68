import mime from 'mime'

/** MLflow sends these as text so that its UI shows them; the last two are names without extension. */
const text = new Set(
  (
    'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst ipynb ' +
    'MLmodel MLproject'
  ).split(' '),
)

/** The media type of a file by its name, as MLflow gives it; `application/octet-stream` when unknown. */
export function mediaType(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 ? name.slice(dot + 1) : name
  if (text.has(extension)) return 'text/plain'
  return (dot > 0 ? mime.getType(name) : null) ?? 'application/octet-stream'
}
