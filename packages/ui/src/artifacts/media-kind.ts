/** How a file is shown. */
export type MediaKind =
  | 'image'
  | 'audio'
  | 'video'
  | 'pdf'
  | 'html'
  | 'markdown'
  | 'notebook'
  | 'json'
  | 'table'
  | 'parquet'
  | 'numpy'
  | 'code'
  | 'text'
  | 'unknown'

const byExtension: Readonly<Record<string, MediaKind>> = kinds({
  image: 'png jpg jpeg gif webp bmp avif svg ico apng',
  audio: 'mp3 wav ogg oga flac m4a aac opus',
  video: 'mp4 webm mov m4v ogv',
  pdf: 'pdf',
  html: 'html htm',
  markdown: 'md markdown',
  notebook: 'ipynb',
  json: 'json geojson',
  table: 'csv tsv',
  parquet: 'parquet',
  numpy: 'npy',
  text: 'txt log err out ndjson jsonl rst tex lock diff patch',
})

/** The grammars of highlight.js that code is coloured by, and which files are in them. */
const languages: Readonly<Record<string, string>> = {
  ...names('python', 'py pyi'),
  ...names('javascript', 'js mjs cjs jsx'),
  ...names('typescript', 'ts tsx mts cts'),
  ...names('yaml', 'yaml yml MLmodel MLproject'),
  ...names('ini', 'toml ini cfg conf cnf properties hocon'),
  ...names('bash', 'sh bash zsh'),
  ...names('xml', 'xml xsd'),
  ...names('sql', 'sql'),
  ...names('r', 'r R'),
  ...names('java', 'java scala kt'),
  ...names('cpp', 'c h cc cpp hpp cu rs go'),
  ...names('css', 'css'),
  ...names('dockerfile', 'Dockerfile'),
}

/** Names without an extension whose content is known to be text. */
const textNames = new Set(['stdout', 'stderr', 'README', 'LICENSE', 'Makefile', 'requirements'])

/** How a file of this name is shown; 'unknown' is for its first bytes to decide. */
export function mediaKind(path: string): MediaKind {
  const word = wordOf(path)
  return byExtension[word.toLowerCase()] ?? (languages[word] ? 'code' : textNames.has(word) ? 'text' : 'unknown')
}

/** The grammar of a file of code. */
export function languageOf(path: string): string | undefined {
  return languages[wordOf(path)]
}

/** Whether bytes from the beginning of a file are anything but UTF-8 text. */
export function isBinary(head: Uint8Array): boolean {
  if (head.includes(0)) return true
  try {
    // The cut may have gone through a character: what is incomplete at the end is no fault.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return false
  } catch {
    return true
  }
}

/** Whether a file may be a log: what is followed while a run writes it. */
export function isLog(path: string): boolean {
  return /^logs?\//i.test(path) || /(^|\/)(stdout|stderr|[^/]*\.(log|txt|out|err))$/i.test(path)
}

/** The extension, or the whole name where there is none. */
function wordOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot + 1) : name
}

function kinds(words: Partial<Record<MediaKind, string>>): Record<string, MediaKind> {
  return Object.fromEntries(
    Object.entries(words).flatMap(([kind, list]) => list.split(' ').map((word) => [word, kind as MediaKind])),
  )
}

function names(language: string, words: string): Record<string, string> {
  return Object.fromEntries(words.split(' ').map((word) => [word, language]))
}
