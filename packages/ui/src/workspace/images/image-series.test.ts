import { describe, expect, it } from 'vitest'
import { imageSeries, pictureAt, stepsOf } from './image-series.ts'

function seriesOf(...paths: string[]) {
  return imageSeries(new Map([['run', paths]])).map(({ name, byRun }) => [
    name,
    byRun.get('run')?.map(({ step }) => step),
  ])
}

describe('imageSeries', () => {
  it('knows what MLflow’s log_image writes, of newer and older clients', () => {
    expect(
      seriesOf(
        'images/val~mask+step+10+timestamp+1700000000001+aa-1.png',
        'images/val~mask+step+10+timestamp+1700000000001+aa-1+compressed.webp',
        'images/val~mask+step+2+timestamp+1700000000000+aa-0.png',
        'images/val#mask%step%3%timestamp%1700000000002%aa-2.png',
      ),
    ).toEqual([['val/mask', [2, 3, 10]]])
  })

  it('takes the smaller picture as the thumbnail, and as the picture where it is alone', () => {
    const both = ['images/m+step+1+timestamp+5+u.png', 'images/m+step+1+timestamp+5+u+compressed.webp']
    expect(imageSeries(new Map([['run', both]]))[0]?.byRun.get('run')).toEqual([
      { path: both[0], thumbnail: both[1], step: 1 },
    ])
    const alone = imageSeries(new Map([['run', both.slice(1)]]))[0]?.byRun.get('run')
    expect(alone).toEqual([{ path: both[1], thumbnail: both[1], step: 1 }])
  })

  it('joins pictures that a number tells apart, in the order of the numbers', () => {
    expect(
      seriesOf('images/step_0010.png', 'images/step_0009.png', 'plots/epoch-2/mask.png', 'plots/epoch-10/mask.png'),
    ).toEqual([
      ['images/step_*.png', [9, 10]],
      ['plots/epoch-*/mask.png', [2, 10]],
    ])
  })

  it('leaves a picture alone that has a number but no fellows, and what is no picture', () => {
    expect(seriesOf('resnet_50.png', 'figure.svg', 'notes.txt')).toEqual([
      ['figure.svg', [undefined]],
      ['resnet_50.png', [undefined]],
    ])
  })

  it('has one series for all the runs, also for those with one picture of it', () => {
    const [series] = imageSeries(
      new Map([
        ['a', ['step_1.png', 'step_2.png']],
        ['b', ['step_1.png']],
      ]),
    )
    expect([...(series?.byRun.keys() ?? [])]).toEqual(['a', 'b'])
  })
})

describe('pictureAt', () => {
  const pictures = [2, 4, 8].map((step) => ({ path: String(step), thumbnail: String(step), step }))

  it.each([
    [1, 2],
    [2, 2],
    [5, 4],
    [100, 8],
    [undefined, 8],
  ])('at step %s is that of step %s', (step, found) => {
    expect(pictureAt(pictures, step)?.step).toBe(found)
  })

  it('is none of a run without pictures', () => {
    expect(pictureAt(undefined, 3)).toBeUndefined()
  })
})

describe('stepsOf', () => {
  it('has each step of all runs once', () => {
    const series = imageSeries(
      new Map([
        ['a', ['step_1.png', 'step_2.png', 'x.png']],
        ['b', ['step_2.png', 'step_3.png']],
      ]),
    )
    expect(stepsOf(series)).toEqual([1, 2, 3])
  })
})
