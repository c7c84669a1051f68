import type { RegisteredModel } from '@trackway/sdk'

/** The aliases that name a version, by what the model says. */
export function aliasesOf({ aliases = [] }: RegisteredModel, version: string): string[] {
  return aliases.filter((one) => one.version === version).map(({ alias }) => alias)
}
