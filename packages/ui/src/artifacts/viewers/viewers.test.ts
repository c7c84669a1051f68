import { describe, expect, it } from 'vitest'
import { cellText } from './cell-text.ts'
import { hexLines } from './hex-lines.ts'
import { notebookCells } from './notebook.ts'
import { numpyHeader } from './numpy-header.ts'

describe('notebookCells', () => {
  it('reads sources, counts and one form of each output', () => {
    const notebook = {
      cells: [
        { cell_type: 'markdown', source: ['# A\n', 'b'] },
        {
          cell_type: 'code',
          source: 'f()',
          execution_count: 2,
          outputs: [
            { output_type: 'stream', text: ['x\n'] },
            { output_type: 'execute_result', data: { 'text/plain': ['1'], 'image/png': 'AA==\n' } },
            { output_type: 'error', traceback: ['\u001b[31mBad\u001b[0m'] },
          ],
        },
      ],
    }
    expect(notebookCells(JSON.stringify(notebook))).toEqual([
      { kind: 'markdown', source: '# A\nb', count: undefined, outputs: [] },
      {
        kind: 'code',
        source: 'f()',
        count: 2,
        outputs: [
          { kind: 'text', text: 'x\n' },
          { kind: 'image', address: 'data:image/png;base64,AA==' },
          { kind: 'error', text: 'Bad' },
        ],
      },
    ])
  })

  it('gives nothing for what is no notebook', () => {
    expect(notebookCells('{}')).toBeUndefined()
    expect(notebookCells('[')).toBeUndefined()
  })
})

describe('numpyHeader', () => {
  it('reads type and shape', () => {
    const header = `\u0093NUMPY\u0001\u0000v\u0000{'descr': '<f4', 'fortran_order': False, 'shape': (64, 32), }`
    expect(numpyHeader(Uint8Array.from(header, (one) => one.charCodeAt(0)))).toEqual({ type: '<f4', shape: '64 × 32' })
    expect(numpyHeader(new Uint8Array([1, 2, 3]))).toBeUndefined()
  })
})

describe('hexLines', () => {
  it('shows bytes with their place and their text', () => {
    expect(hexLines(new Uint8Array([72, 105, 0]))[0]).toMatch(/^000000 {2}48 69 00 +Hi\.$/)
    expect(hexLines(new Uint8Array(17))).toHaveLength(2)
  })
})

describe('cellText', () => {
  it('writes what tables hold', () => {
    expect(cellText(null)).toBe('')
    expect(cellText(12n)).toBe('12')
    expect(cellText(new Date(0))).toBe('1970-01-01T00:00:00Z')
    expect(cellText({ a: [1n] })).toBe('{"a":["1"]}')
  })
})
