import type { Workspace } from '../workspace.ts'

export const imageSizes = [96, 160, 256] as const

/** What the grid of pictures shows, as `images` of the address has it: absent is the default. */
export interface ImagesState {
  /** The step that all runs are shown at; the last when absent. */
  readonly step?: number
  readonly find?: string
  /** The width of a picture in px; 160 when absent. */
  readonly size?: (typeof imageSizes)[number]
}

type ImagesChange = { readonly [K in keyof ImagesState]?: ImagesState[K] | undefined }

/** Takes what is sound of an address. */
export function parseImagesState(found: Readonly<Record<string, unknown>> = {}): ImagesState {
  const state: Record<string, unknown> = {
    step: Number.isInteger(found['step']) ? found['step'] : undefined,
    find: typeof found['find'] === 'string' && found['find'] !== '' ? found['find'] : undefined,
    size: imageSizes.find((one) => one === found['size'] && one !== 160),
  }
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined))
}

export function changeImages(
  { state, change }: Workspace,
  changed: ImagesChange,
  options?: { readonly replace?: boolean },
): void {
  const next = parseImagesState({ ...state.images, ...changed })
  change({ images: Object.keys(next).length > 0 ? { ...next } : undefined }, options)
}
