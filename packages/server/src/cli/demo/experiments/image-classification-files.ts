import { confusionMatrix } from '../files/confusion-matrix.ts'
import { htmlReport } from '../files/documents.ts'
import { notebook } from '../files/notebook.ts'
import { pdf } from '../files/pdf.ts'
import { confusionDrawing, confusionPicture, samplePictures } from '../files/pictures.ts'
import { predictions, predictionsCsv, predictionsParquet } from '../files/prediction-tables.ts'
import { sineWave } from '../files/sound.ts'
import type { Epoch } from '../learning-curve.ts'
import type { PlannedFile } from '../run-plan.ts'
import type { Random } from '../seeded-random.ts'

export const classes = ['shoe', 'shirt', 'bag', 'watch', 'lamp', 'chair', 'mug', 'phone', 'book', 'plant'] as const

const pictureEpochs = [0, 4, 9, 19, 29]

/** What every training of the sweep leaves behind: pictures of samples, the confusion matrix, its predictions. */
export function evaluationFiles(curve: readonly Epoch[], random: Random): PlannedFile[] {
  const accuracy = curve.at(-1)?.valAccuracy ?? 0
  const matrix = confusionMatrix(classes.length, accuracy, random)
  return [
    ...pictureEpochs.flatMap((epoch) => {
      const known = curve[epoch]?.valAccuracy
      if (known === undefined) return []
      // The same samples each time, so that one sees what has been learnt.
      const content = samplePictures(known, random.fork('samples'))
      return [{ path: `images/step_${String(epoch).padStart(4, '0')}.png`, content }]
    }),
    { path: 'evaluation/confusion_matrix.png', content: confusionPicture(matrix) },
    { path: 'evaluation/confusion_matrix.svg', content: confusionDrawing(matrix, classes) },
    { path: 'evaluation/predictions.csv', content: predictionsCsv(predictions(200, classes, accuracy, random)) },
  ]
}

/** What only some of them leave behind: one file of each kind that people log. */
export function showcaseFiles(name: string, curve: readonly Epoch[], random: Random): PlannedFile[] {
  const last = curve.at(-1)
  if (last === undefined) return []
  const figures = {
    'Accuracy (validation)': last.valAccuracy.toFixed(4),
    'Loss (validation)': last.valLoss.toFixed(4),
    'Accuracy (training)': last.trainAccuracy.toFixed(4),
    Epochs: curve.length,
  }
  const best = curve.reduce(
    (found, epoch, index) => (epoch.valAccuracy > found.value ? { index, value: epoch.valAccuracy } : found),
    {
      index: 0,
      value: 0,
    },
  )
  return [
    {
      path: 'report.html',
      content: htmlReport(`Evaluation of ${name}`, 'On 4,820 photos taken after March.', figures),
    },
    {
      path: 'notes.md',
      content: [
        `# ${name}`,
        '',
        `Best epoch: **${best.index}** with \`val/acc\` ${best.value.toFixed(4)}.`,
        '',
        '| class | seen as |',
        '| --- | --- |',
        '| bag | shirt, when folded |',
        '| lamp | plant, from above |',
        '',
        '- [x] compare with the last sweep',
        '- [ ] more lamps in the training set',
        '',
      ].join('\n'),
    },
    {
      path: 'notebooks/error-analysis.ipynb',
      content: notebook([
        { markdown: `# Where ${name} errs\nThe classes that are taken for each other most.` },
        {
          code: 'import pandas as pd\nframe = pd.read_parquet("predictions.parquet")\nprint(len(frame))',
          printed: '1000\n',
        },
        {
          code: 'print((frame.truth == frame.predicted).mean().round(4))',
          printed: `${last.valAccuracy.toFixed(4)}\n`,
        },
      ]),
    },
    {
      path: 'evaluation/predictions.parquet',
      content: predictionsParquet(predictions(1000, classes, last.valAccuracy, random)),
    },
    {
      path: 'evaluation/per_class.json',
      content: `${JSON.stringify(
        Object.fromEntries(
          classes.map((name_) => [name_, { recall: Number((last.valAccuracy + random.normal() * 0.03).toFixed(4)) }]),
        ),
        null,
        2,
      )}\n`,
    },
    {
      path: 'evaluation/summary.pdf',
      content: pdf([`Evaluation of ${name}`, '', ...Object.entries(figures).map((pair) => pair.join(': '))]),
    },
    { path: 'sounds/training-done.wav', content: sineWave(440, 0.6) },
  ]
}
