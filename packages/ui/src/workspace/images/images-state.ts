import { addressText, soundValues } from '../../shell/address-values.ts'
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
  return soundValues<ImagesState>({
    step: typeof found['step'] === 'number' && Number.isInteger(found['step']) ? found['step'] : undefined,
    find: addressText(found['find']),
    size: imageSizes.find((one) => one === found['size'] && one !== 160),
  })
}

export function changeImages(
  { state, change }: Workspace,
  changed: ImagesChange,
  options?: { readonly replace?: boolean },
): void {
  const next = parseImagesState({ ...state.images, ...changed })
  change({ images: Object.keys(next).length > 0 ? { ...next } : undefined }, options)
}
