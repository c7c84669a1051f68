import { describe, expect, it } from 'vitest'

import { cutText, textWidth } from './text-width.ts'

describe('textWidth', () => {
  it.each([
    ['churn', 5],
    ['', 0],
    ['naïve', 5],
    ['nai\u0308ve', 5],
    ['需要予測', 8],
    ['한국어', 6],
    ['ﾊﾝｶｸ', 4],
    ['🚀', 2],
    ['❤️', 2],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['a\u200bb', 2],
    ['→ …', 3],
  ])('of %j is %i columns', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })
})

describe('cutText', () => {
  it('leaves alone what fits', () => {
    expect(cutText('churn', 5)).toBe('churn')
    expect(cutText('需要', 4)).toBe('需要')
  })

  it('marks the cut and keeps within the width', () => {
    expect(cutText('churn-model', 6)).toBe('churn…')
    expect(cutText('需要予測', 6)).toBe('需要…')
    expect(cutText('a🚀🚀', 4)).toBe('a🚀…')
  })

  it('does not cut through a character', () => {
    expect(cutText('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…')
    expect(cutText('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…')
  })
})
