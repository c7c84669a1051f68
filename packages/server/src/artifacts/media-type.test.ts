import { expect, test } from 'vitest'
import { mediaType } from './media-type.ts'

test.each([
  ['run/MLmodel', 'text/plain'],
  ['MLproject', 'text/plain'],
  ['a/conda.yaml', 'text/plain'],
  ['requirements.txt', 'text/plain'],
  ['a.json', 'text/plain'],
  ['.yaml', 'application/octet-stream'],
  ['model.pkl', 'application/octet-stream'],
  ['model.onnx', 'application/octet-stream'],
  ['noextension', 'application/octet-stream'],
  ['html', 'application/octet-stream'],
  ['plot.png', 'image/png'],
  ['page.html', 'text/html'],
  ['a.b/c.PNG', 'image/png'],
])('mediaType of %s is %s', (path, type) => {
  expect(mediaType(path)).toBe(type)
})
