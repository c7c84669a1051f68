import { modelFolder } from '../files/model-folder.ts'
import type { PlannedFile } from '../run-plan.ts'
import type { Random } from '../seeded-random.ts'

export const torchPackages = {
  mlflow: '3.17.2',
  torch: '2.9.1',
  torchvision: '0.24.1',
  numpy: '2.3.5',
  pillow: '12.0.0',
} as const

/** The folder of a network that takes pictures: one number for each class of each, or of each pixel. */
export function imageModelFiles(
  path: string,
  kind: 'classifier' | 'segmenter',
  madeAt: number,
  ids: { readonly runId: string; readonly modelId: string },
  random: Random,
): PlannedFile[] {
  const weights = Uint8Array.from({ length: 4096 }, () => Math.floor(random.unit() * 256))
  const picture = { shape: [-1, 3, 224, 224], dtype: 'float32' }
  const scores = kind === 'classifier' ? [-1, 10] : [-1, 5, 224, 224]
  return modelFolder(
    {
      path,
      flavor: 'pytorch',
      settings: { model_data: 'data', pytorch_version: torchPackages.torch, code: 'null' },
      packages: torchPackages,
      inputs: picture,
      outputs: { shape: scores, dtype: 'float32' },
      inputExample: {
        inputs: [
          [
            [
              [0.12, 0.4],
              [0.31, 0.8],
            ],
          ],
        ],
      },
      data: { path: 'data/model.pth', content: weights },
      madeAt,
    },
    ids,
  )
}
