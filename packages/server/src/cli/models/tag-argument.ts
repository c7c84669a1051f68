import { UsageError } from '../../flags.ts'

/** Reads `KEY=VALUE`. The value may hold further = and may be empty.
 * @throws UsageError where there is no = or no key. */
export function parseTag(text: string): { key: string; value: string } {
  const at = text.indexOf('=')
  if (at > 0) return { key: text.slice(0, at), value: text.slice(at + 1) }
  throw new UsageError(`A tag is written KEY=VALUE, got '${text}'.`)
}
