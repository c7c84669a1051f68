/**
 * What the header of a .npy file says: the type of the elements, such as `<f4`, and the shape. Undefined for other files.
 * Source: the NPY format, versions 1 to 3, in NumPy's documentation.
 */
export function numpyHeader(head: Uint8Array): { readonly type: string; readonly shape: string } | undefined {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
  if (!magic.every((byte, index) => head[index] === byte)) return undefined
  const text = new TextDecoder('latin1').decode(head.subarray(8))
  const type = /'descr':\s*('[^']*'|\[.*?\](?=,\s*'))/.exec(text)?.[1]
  const shape = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1]
  if (type === undefined || shape === undefined) return undefined
  const sizes = shape
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
  return { type: type.replaceAll("'", ''), shape: sizes.length === 0 ? 'a single value' : sizes.join(' × ') }
}
