/** Bytes as hex dumps show them: offset, sixteen bytes, and those that are ASCII as text. */
export function hexLines(bytes: Uint8Array): string[] {
  return Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => {
    const line = [...bytes.subarray(row * 16, row * 16 + 16)]
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = line.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    return `${(row * 16).toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`
  })
}
